import Dispatch
import HindcastMetrics
import Metrics
import XCTest

/// Metrics as Prometheus reads them.
final class PrometheusMetricsTests: XCTestCase {
  func testEveryKindIsWrittenInTheOrderOfItsName() {
    let metrics = PrometheusMetrics(
      explanations: ["requests": "Requests, all of them.", "time": "One\nline with a \\"], bounds: [0.1, 1])
    let answered = Counter(label: "requests", dimensions: [("status", "ok"), ("method", "GET")], factory: metrics)
    Counter(label: "requests", dimensions: [("method", "GET"), ("status", "failed")], factory: metrics).increment()
    answered.increment(by: 3)
    Gauge(label: "open", factory: metrics).record(7)
    Meter(label: "level", factory: metrics).set(1.5)
    FloatingPointCounter(label: "cost", factory: metrics).increment(by: 0.25)
    let timer = Timer(label: "time", dimensions: [("kind", "a")], factory: metrics)
    for milliseconds in [50, 100, 500, 3000] { timer.recordMilliseconds(milliseconds) }
    Recorder(label: "bytes", factory: metrics).record(1)
    XCTAssertEqual(
      metrics.text(),
      """
      # TYPE bytes histogram
      bytes_bucket{le="0.1"} 0
      bytes_bucket{le="1"} 1
      bytes_bucket{le="+Inf"} 1
      bytes_sum 1
      bytes_count 1
      # TYPE cost_total counter
      cost_total 0.25
      # TYPE level gauge
      level 1.5
      # TYPE open gauge
      open 7
      # HELP requests_total Requests, all of them.
      # TYPE requests_total counter
      requests_total{method="GET",status="failed"} 1
      requests_total{method="GET",status="ok"} 3
      # HELP time_seconds One\\nline with a \\\\
      # TYPE time_seconds histogram
      time_seconds_bucket{kind="a",le="0.1"} 2
      time_seconds_bucket{kind="a",le="1"} 3
      time_seconds_bucket{kind="a",le="+Inf"} 4
      time_seconds_sum{kind="a"} 3.65
      time_seconds_count{kind="a"} 4

      """)
  }

  func testNamesAndValuesAreWrittenSoThatTheyCanBeRead() {
    let cases: [(label: String, dimensions: [(String, String)], line: String)] = [
      ("plain", [("a", "1")], #"plain_total{a="1"} 1"#),
      ("http.requests", [], "http_requests_total 1"),
      ("2fast", [("0", "x")], #"_2fast_total{_0="x"} 1"#),
      ("a:b", [("c:d", "x")], #"a:b_total{c_d="x"} 1"#),
      ("größe", [("schlüssel", "grün")], #"gr__e_total{schl_ssel="grün"} 1"#),
      ("quoted", [("a", #"say "hi" \ "# + "\n")], #"quoted_total{a="say \"hi\" \\ \n"} 1"#),
      ("twice", [("a.b", "1"), ("a-b", "2")], #"twice_total{a_b="1",a_b_="2"} 1"#),
      ("", [], "__total 1"),
    ]
    for (label, dimensions, line) in cases {
      let metrics = PrometheusMetrics()
      Counter(label: label, dimensions: dimensions, factory: metrics).increment()
      XCTAssertEqual(metrics.text().split(separator: "\n").last.map(String.init), line)
    }
    let reserved = PrometheusMetrics(bounds: [1])
    Timer(label: "t", dimensions: [("le", "x")], factory: reserved).recordSeconds(1)
    XCTAssertTrue(reserved.text().contains(#"t_seconds_bucket{le_="x",le="1"} 1"#), reserved.text())
  }

  func testNumbersThatAreNoneAndOnesOfOneNameKeepTheFormat() {
    let metrics = PrometheusMetrics()
    for (name, value) in [("a", Double.nan), ("b", .infinity), ("c", -.infinity), ("d", 1e300)] {
      Meter(label: name, factory: metrics).set(value)
    }
    let lines = metrics.text().split(separator: "\n").filter { !$0.hasPrefix("#") }
    XCTAssertEqual(lines, ["a NaN", "b +Inf", "c -Inf", "d 1e+300"])

    let mixed = PrometheusMetrics(bounds: [1])
    Gauge(label: "size", factory: mixed).record(1)
    Recorder(label: "size", factory: mixed).record(2)
    let types = mixed.text().split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
    XCTAssertEqual(types, ["# TYPE size gauge", "# TYPE size_histogram histogram"])
  }

  func testSeriesAreSharedAndForgotten() {
    let metrics = PrometheusMetrics()
    let first = Counter(label: "n", dimensions: [("a", "1")], factory: metrics)
    let second = Counter(label: "n", dimensions: [("a", "1")], factory: metrics)
    first.increment()
    second.increment()
    XCTAssertEqual(metrics.text(), "# TYPE n_total counter\nn_total{a=\"1\"} 2\n")
    first.reset()
    XCTAssertEqual(metrics.text(), "# TYPE n_total counter\nn_total{a=\"1\"} 0\n")
    first.destroy()
    XCTAssertEqual(metrics.text(), "")
  }

  func testManyThreadsCountTogether() {
    let metrics = PrometheusMetrics(bounds: [1])
    DispatchQueue.concurrentPerform(iterations: 1000) { number in
      Counter(label: "n", dimensions: [("a", "\(number % 3)")], factory: metrics).increment()
      Timer(label: "t", factory: metrics).recordSeconds(number % 2 * 2)
    }
    let text = metrics.text()
    for line in [
      #"n_total{a="0"} 334"#, #"n_total{a="2"} 333"#, #"t_seconds_bucket{le="1"} 500"#, "t_seconds_count 1000",
    ] { XCTAssertTrue(text.contains(line + "\n"), line) }
  }
}
