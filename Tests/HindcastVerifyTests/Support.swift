import Foundation
import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastTestSupport
import HindcastVerify
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
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

extension WorkflowHistory {
  /// The history with a marker as the last command of its last task, before the one that closes the run.
  func recordingMarker(_ name: String) -> WorkflowHistory {
    var history = self
    guard let completed = events.last(where: { $0.eventType == .workflowTaskCompleted })?.eventID else { return self }
    let close = isClosed ? history.events.removeLast() : nil
    history.events.append(
      .with {
        $0.eventID = Int64(history.events.count) + 1
        $0.eventTime = history.events.last?.eventTime ?? .init()
        $0.eventType = .markerRecorded
        $0.markerRecordedEventAttributes.markerName = name
        $0.markerRecordedEventAttributes.workflowTaskCompletedEventID = completed
      })
    if var close {
      close.eventID += 1
      history.events.append(close)
    }
    return history
  }
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
