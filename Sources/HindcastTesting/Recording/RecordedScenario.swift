internal import Foundation
public import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// What happened to a recorded run from outside, so that it can happen again to the present code.
///
/// ```swift
/// let scenario = try RecordedScenario(history)
/// let environment = try TestEnvironment(app: "Histories/orders", options: scenario.options())
/// let anew = try await scenario.record(in: environment)
/// ```
///
/// The run is started as it was: type, id, arguments, header, memo, search attributes, timeouts, retry policy. Then comes what
/// came, in its order, between the same workflow tasks and, as far as the code lets it, at the same times: signals, cancel
/// requests, accepted updates, termination, and the results of activities and children. The n-th activity or child of a type
/// gets what the n-th one of that type got, after as many attempts; mocks of the environment come first. Activities and
/// children that the recording does not have run the app's own code, and timers take as long as the code says.
///
/// Queries and refused updates leave no trace in a history, and so do not come again; random values are drawn anew. The same
/// history gives the same recording, to the byte, and code that does the same gives the same events.
public struct RecordedScenario: Sendable {
  /// The registered type.
  public let workflowType: String
  /// The workflow's id; made of the type where the history does not tell it.
  public let workflowID: String
  let started: Temporal_Api_History_V1_WorkflowExecutionStartedEventAttributes
  let script: RecordedScript
  /// When the run started, in nanoseconds since 1970.
  let startTime: Int64
  let isClosed: Bool
  private let eventCount: Int
  /// Whether the run was started by a signal: it stands before the first workflow task.
  let isStartedBySignal: Bool

  /// Takes a history apart.
  ///
  /// - Throws: ``RecordingRefusal`` for what cannot happen again.
  public init(_ history: WorkflowHistory) throws(RecordingRefusal) {
    if let fault = HistoryValidator.findings(in: history).first(where: { $0.severity == .error }) {
      throw RecordingRefusal(.invalid, "the history is broken: \(fault.message)")
    }
    guard let started = history.startedAttributes, let type = history.workflowTypeName, let first = history.events.first
    else { throw RecordingRefusal(.invalid, "the history does not begin with the start of a workflow") }
    if started.hasParentWorkflowExecution {
      throw RecordingRefusal(
        .belongsToAnotherRun,
        "it was started by workflow \(started.parentWorkflowExecution.workflowID): record that one anew")
    }
    if !started.continuedExecutionRunID.isEmpty {
      throw RecordingRefusal(
        .belongsToAnotherRun, "it goes on from run \(started.continuedExecutionRunID): record the first run anew")
    }
    script = try RecordedScript(history.events)
    self.started = started
    workflowType = type
    workflowID = history.workflowID ?? "\(type)-1"
    startTime = first.nanoseconds
    isClosed = history.isClosed
    eventCount = history.events.count
    isStartedBySignal = history.events.count > 1 && history.events[1].eventType == .workflowExecutionSignaled
  }

  /// The options of an environment whose clock starts when the recorded run did.
  ///
  /// - Parameter base: the other options.
  public func options(_ base: TestEnvironmentOptions = TestEnvironmentOptions()) -> TestEnvironmentOptions {
    var options = base
    options.startTime = startTime / 1_000_000_000
    // Of what was recorded there may be any number of tasks.
    options.maximumTasks = max(options.maximumTasks, 2 * eventCount)
    // Whoever sent the recorded messages is not there to take the answers.
    options.assumesProcesses = true
    return options
  }

  /// Runs the workflow again; the history that it leaves, as far as the recorded one goes.
  ///
  /// - Parameter environment: a fresh one, made with ``options(_:)``.
  /// - Throws: `TestEnvironmentError` where the present code cannot go on: its task fails, or it waits for something that the
  ///   recording does not bring.
  public func record(in environment: TestEnvironment) async throws -> WorkflowHistory {
    try await environment.play(self)
  }
}

extension HistoryEvent {
  /// When the event was written, in nanoseconds since 1970.
  var nanoseconds: Int64 {
    let seconds = eventTime.seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return seconds.overflow ? 0 : seconds.partialValue.addingReportingOverflow(Int64(eventTime.nanos)).partialValue
  }
}
