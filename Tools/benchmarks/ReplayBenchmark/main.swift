import Foundation
import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastRegistry
import HindcastReplay
import HindcastTestSupport

// Replay throughput on one thread. Prints one JSON line a measurement; `Tools/benchmarks/run` puts the Python SDK's beside it.
//
//     ReplayBenchmark HISTORIES_DIR APP_DIR

func seconds(_ work: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let time = try clock.measure(work)
  return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
}

func report(_ name: String, histories: Int, events: Int, seconds: Double, bytes: Int = 0) {
  var line = "{\"replayer\":\"hindcast\",\"measured\":\"\(name)\",\"histories/s\":\(Int(Double(histories) / seconds)),"
  line += "\"events/s\":\(Int(Double(events) / seconds))"
  if bytes > 0 { line += ",\"MB/s\":\(Int(Double(bytes) / seconds / 1e6))" }
  print(line + "}")
}

/// The most memory that the process has held, in MiB, as Linux tells it.
func peakMemory() -> Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
  return (Int(line.filter(\.isNumber)) ?? 0) / 1024
}

struct Shape {
  var name: String
  var copies: Int
  var activities: Int
}

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
  print("usage: ReplayBenchmark HISTORIES_DIR APP_DIR")
  exit(2)
}
let code = LuaWorkflowCode(try Registry.load(directory: arguments[2]))
var options = ReplayOptions()
options.shakes = false
let replayer = Replayer(code: code, options: options)

for shape in [Shape(name: "small", copies: 2000, activities: 1), Shape(name: "long", copies: 3, activities: 1666)] {
  let path = "\(arguments[1])/\(shape.name).go.json"
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  var histories: [WorkflowHistory] = []
  let decoding = try seconds {
    for _ in 0..<shape.copies { histories += try HistoryReader.histories(from: bytes, named: path) }
  }
  let events = histories.reduce(0) { $0 + $1.events.count }
  func measure(_ name: String, bytes: Int = 0, _ work: () throws -> Int) rethrows {
    var failures = 0
    let time = try seconds { failures = try work() }
    let suffix = failures == 0 ? "" : " (\(failures) FAILED)"
    report("\(name) \(shape.name)\(suffix)", histories: shape.copies, events: events, seconds: time, bytes: bytes)
  }

  report(
    "decode \(shape.name)", histories: shape.copies, events: events, seconds: decoding,
    bytes: bytes.count * shape.copies)
  measure("validate") {
    histories.count { history in HistoryValidator.findings(in: history).contains { $0.severity == .error } }
  }
  let steps: [Step] =
    (1...shape.activities).map { .activity("app:echo", input: "{\"number\": \($0), \"text\": \"benchmark\"}") }
    + [.complete("{\"sum\": \(shape.activities * (shape.activities + 1) / 2)}")]
  let scripted = ScriptedCode(steps, type: "app:bench_workflow").makeRuntime(RuntimeOptions())
  measure("engine alone") { histories.count { HistoryReplay($0).run(in: scripted).verdict != .passed } }
  let lua = try code.makeRuntime(RuntimeOptions())
  measure("from memory") { histories.count { HistoryReplay($0).run(in: lua).verdict != .passed } }
  measure("from memory, validated, shaken") {
    var shaken = options
    shaken.shakes = true
    return Replayer(code: code, options: shaken).results(
      of: histories.map { HistorySource(name: path, content: .histories([$0])) }
    ).count { !$0.isPassed }
  }
  measure("from file", bytes: bytes.count * shape.copies) {
    replayer.results(of: Array(repeating: HistorySource.file(path), count: shape.copies)).count { !$0.isPassed }
  }
  print("{\"replayer\":\"hindcast\",\"measured\":\"peak memory after \(shape.name)\",\"MiB\":\(peakMemory())}")
}

extension ReplayResult {
  fileprivate var isPassed: Bool {
    if case .verdict(let verdict) = self { return verdict.verdict == .passed }
    return false
  }
}
