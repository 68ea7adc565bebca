import Foundation
import HindcastCore
import HindcastHistory
import HindcastTestSupport

/// Replay throughput on one thread. Prints one JSON line a measurement; `Tools/benchmarks/run` puts the Python SDK's beside it.
///
///     ReplayBenchmark HISTORIES_DIR APP_DIR

func seconds(_ work: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let time = try clock.measure(work)
  return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
}

func report(_ name: String, histories: Int, events: Int, seconds: Double, bytes: Int = 0) {
  var line = "{\"measured\":\"\(name)\",\"histories/s\":\(Int(Double(histories) / seconds)),"
  line += "\"events/s\":\(Int(Double(events) / seconds))"
  if bytes > 0 { line += ",\"MB/s\":\(Int(Double(bytes) / seconds / 1e6))" }
  print(line + "}")
}

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
  print("usage: ReplayBenchmark HISTORIES_DIR APP_DIR")
  exit(2)
}
for shape in [("small", 2000), ("long", 3)] {
  let path = "\(arguments[1])/\(shape.0).go.json"
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  var histories: [WorkflowHistory] = []
  let decoding = try seconds {
    for _ in 0..<shape.1 { histories += try HistoryReader.histories(from: bytes, named: path) }
  }
  let events = histories.reduce(0) { $0 + $1.events.count }
  report("decode \(shape.0)", histories: histories.count, events: events, seconds: decoding, bytes: bytes.count * shape.1)
  let checking = seconds { for history in histories { _ = HistoryValidator.findings(in: history) } }
  report("check \(shape.0)", histories: histories.count, events: events, seconds: checking)
  let activities = shape.0 == "small" ? 1 : 1666
  let steps: [Step] =
    (1...activities).map { .activity("app:echo", input: "{\"number\": \($0), \"text\": \"benchmark\"}") }
    + [.complete("{\"sum\": \(activities * (activities + 1) / 2)}")]
  let runtime = ScriptedCode(steps, type: "app:bench_workflow").makeRuntime(RuntimeOptions())
  var failures = 0
  let replaying = seconds {
    for history in histories where HistoryReplay(history).run(in: runtime).verdict != .passed { failures += 1 }
  }
  report("engine \(shape.0) (failures \(failures))", histories: histories.count, events: events, seconds: replaying)
}
