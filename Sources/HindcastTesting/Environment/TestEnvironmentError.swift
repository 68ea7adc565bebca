public import HindcastCalls
public import HindcastCore
public import HindcastHistory
public import TemporalAPI

/// What goes wrong in a test environment: the workflow's fault, or the test's.
public enum TestEnvironmentError: Error, Sendable {
  /// The workflow cannot go on: its task failed. Retrying would fail the same way.
  case taskFailed(TaskFault)
  /// A fresh instance that replayed the run from its first event did something else: the code depends on something that is not
  /// in the history.
  case reexecutionDiffers(ReexecutionDifference)
  /// Everything waits, and nothing that could come would wake it.
  case stuck(workflowID: String, waitsFor: [String])
  /// The run did not end within the environment's limit of tasks; with what it is doing, in words, where that is known.
  case tooManyTasks(workflowID: String, limit: Int, doing: [String])
  /// The workflow calls an activity that is neither mocked nor one of the worker's.
  case activityNotRegistered(String, workflowID: String, registered: [String])
  /// The run ended otherwise than with a result.
  case notCompleted(workflowID: String, WorkflowEnd)
  /// A function of the app that the test called failed.
  case functionFailed(String, Failure)
  /// A function that the test called waits, and nothing that could come would wake it.
  case functionStuck(String)
  /// An update was rejected by its validator, or its handler failed.
  case updateFailed(String, workflowID: String, Failure)
  /// The server, or the workflow that was queried, refused a call.
  case refused(ServiceError)
  /// A mock made a call that works tasks, which would wait for the mock itself.
  case calledFromMock
  /// The app cannot be used.
  case unusableApp(String)
  /// A value cannot be encoded or decoded.
  case payload(String)
}

/// A workflow task that failed.
public struct TaskFault: Sendable {
  /// Whose task.
  public var workflowID: String
  /// The registered type.
  public var workflowType: String
  /// What kind of fault: `NonDeterminismError`, `DeadlockError` …
  public var kind: String
  /// What went wrong, with the place in the code.
  public var message: String
  /// The stack of the workflow code, innermost first.
  public var stack: String
  /// The run's history so far.
  public var history: WorkflowHistory
}

/// Where a fresh instance parted from the one that ran.
public struct ReexecutionDifference: Sendable {
  /// Whose task.
  public var workflowID: String
  /// The registered type.
  public var workflowType: String
  /// What the fresh instance did that the run had not done, with the event, the command and the place in the code.
  public var finding: Finding
  /// The run's history so far.
  public var history: WorkflowHistory
}

/// How a run ended.
public enum WorkflowEnd: Sendable {
  /// It failed.
  case failed(Failure)
  /// It was cancelled.
  case canceled
  /// It was terminated, for this reason.
  case terminated(reason: String)
  /// A timeout of the run or its chain passed.
  case timedOut
}

extension TestEnvironmentError: CustomStringConvertible {
  /// The error as a test shows it.
  public var description: String {
    switch self {
    case .taskFailed(let fault):
      var text = "workflow \(fault.workflowID) (\(fault.workflowType)) cannot go on: \(fault.kind): \(fault.message)"
      if !fault.stack.isEmpty { text += "\n" + fault.stack }
      return text
    case .reexecutionDiffers(let difference): return difference.description
    case .stuck(let id, let reasons):
      let what = reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; ")
      return "workflow \(id) waits for something that nothing will bring\(what)"
    case .tooManyTasks(let id, let limit, let doing):
      let what = doing.isEmpty ? "" : ": " + doing.joined(separator: "; ")
      return "workflow \(id) did not end within \(limit) tasks\(what)\n"
        + "(raise options.maximumTasks if it should run on, or use advance(by:) for one that never ends)"
    case .activityNotRegistered(let type, let id, let registered):
      let types = registered.isEmpty ? "none is registered" : "registered: \(registered.joined(separator: ", "))"
      return "workflow \(id) calls activity \(type), which is neither mocked nor registered (\(types)); "
        + "add environment.activities.mock(\"\(type)\", returning: …)"
    case .notCompleted(let id, let end): return "workflow \(id) \(end.description)"
    case .functionFailed(let function, let failure): return "function \(function) failed: \(failure.chain)"
    case .functionStuck(let function): return "function \(function) waits for something that nothing will bring"
    case .updateFailed(let name, let id, let failure):
      return "update \(name) of workflow \(id) failed: \(failure.chain)"
    case .refused(let error): return "\(error.method): \(error.code.name): \(error.message)"
    case .calledFromMock:
      return "a mocked activity cannot wait for workflows: it can signal, cancel and terminate, but not query or update"
    case .unusableApp(let text), .payload(let text): return text
    }
  }
}

extension ReexecutionDifference: CustomStringConvertible {
  /// The difference in words.
  public var description: String {
    let place = finding.location.map { "\($0): " } ?? ""
    let event =
      finding.eventID.map { " (event \($0), rule \(finding.rule.rawValue))" } ?? " (rule \(finding.rule.rawValue))"
    // The message names the only one.
    let differences = finding.differences.count > 1 ? finding.differences : []
    let fields = differences.map { "\n  \($0.field): \($0.expected), then \($0.actual)" }.joined()
    return """
      workflow \(workflowID) (\(workflowType)) does not do the same twice: a fresh instance that replayed it from the first \
      event did something else.
      \(place)\(finding.message)\(event)\(fields)
      The code reads something that is not in the history: a global that an earlier run left, a clock, randomness, the order \
      of a table.
      """
  }
}

extension WorkflowEnd: CustomStringConvertible {
  /// `failed: no money (PaymentError)`.
  public var description: String {
    switch self {
    case .failed(let failure): return "failed: \(failure.chain)"
    case .canceled: return "was cancelled"
    case .terminated(let reason): return "was terminated" + (reason.isEmpty ? "" : ": \(reason)")
    case .timedOut: return "timed out"
    }
  }
}

extension Failure {
  /// The failure and its causes in one line.
  var chain: String {
    var parts: [String] = []
    var failure = self
    while parts.count < 16 {
      let type = failure.applicationFailureInfo.type
      parts.append(failure.message + (type.isEmpty ? "" : " (\(type))"))
      guard failure.hasCause else { break }
      failure = failure.cause
    }
    return parts.joined(separator: ": ")
  }
}
