import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastTestSupport
import TemporalAPI

/// Histories that scripts recorded.
enum Samples {
  /// An activity, a timer of ten seconds, and a result: 16 events, the activity at 5, the timer at 11.
  static let steps: [Step] = [.activity("charge", input: "{\"amount\":10}"), .timer(10), .complete("\"done\"")]

  /// Records a script.
  static func history(_ steps: [Step] = Samples.steps, type: String = "order", file: String? = nil) throws
    -> WorkflowHistory
  {
    var server = RecordingServer(type: type)
    var history = try server.record(ScriptedCode(steps, type: type).makeRuntime(RuntimeOptions()))
    if let file { history.origin = HistoryOrigin(file: file) }
    return history
  }

  /// The file of a history, as the `temporal` CLI writes it.
  static func json(_ steps: [Step] = Samples.steps, type: String = "order") throws -> [UInt8] {
    HistoryWriter.json(try history(steps, type: type))
  }

  /// Verdicts on sources, whatever else comes of them left out.
  static func verdicts(_ results: ReplayResults) -> [HistoryVerdict] {
    results.compactMap { result in
      if case .verdict(let verdict) = result { verdict } else { nil }
    }
  }
}

/// Code that runs one script under one seed and another under any other: what unstable code looks like from outside.
struct MoodyCode: WorkflowCode {
  let first: [Step]
  let second: [Step]
  let moods = Moods()

  var workflowTypes: [String] { ["order"] }

  func makeRuntime(_ options: RuntimeOptions) throws(WorkflowLoadError) -> any WorkflowRuntime {
    ScriptedCode(moods.isFirst(options.seed) ? first : second, type: "order").makeRuntime(options)
  }
}

/// The seeds that were seen.
final class Moods: @unchecked Sendable {
  // Unchecked: the tests that use it replay on one thread.
  private var firstSeed: UInt64?

  func isFirst(_ seed: UInt64) -> Bool {
    if firstSeed == nil { firstSeed = seed }
    return firstSeed == seed
  }
}
