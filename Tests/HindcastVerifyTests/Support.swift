import Foundation
import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastTestSupport
import HindcastVerify
import HindcastWorker
import XCTest

/// A history that the steps have recorded.
func recording(
  _ steps: [Step], type: String = "workflow", named name: String = "recorded.json", holdsTimers: Bool = false
) throws -> WorkflowHistory {
  var server = RecordingServer(type: type)
  server.holdsTimers = holdsTimers
  var history = try server.record(ScriptedCode(steps, type: type).makeRuntime(RuntimeOptions()))
  history.origin = HistoryOrigin(file: name)
  return history
}

extension HistorySource {
  static func recorded(_ history: WorkflowHistory) -> HistorySource {
    HistorySource(name: history.origin.name, content: .histories([history]))
  }
}

extension Verifier {
  /// The verdicts, in the order in which they were reported.
  func verdicts(on histories: [WorkflowHistory]) async throws -> [HistoryVerdict] {
    var verdicts: [HistoryVerdict] = []
    try await run(histories.map(HistorySource.recorded)) { result in
      if case .verdict(let verdict) = result { verdicts.append(verdict) }
    }
    return verdicts
  }
}

/// Runs something that does not end of itself beside `body`.
func beside<Value>(
  _ work: @escaping @Sendable () async throws -> Void, _ body: () async throws -> Value
) async throws -> Value {
  let task = Task { try await work() }
  defer { task.cancel() }
  return try await body()
}

/// Waits for something that another task brings about.
func until(_ isSo: () async -> Bool) async {
  while !(await isSo()) { await Task.yield() }
}
