/// A rule that a history breaks, and where.
public struct HistoryFinding: Sendable, Equatable {
  /// The rules, by the codes of spec/replay.md, 1.6.
  public enum Code: String, Sendable, CaseIterable {
    /// H001: a history has at least one event.
    case noEvents = "H001"
    /// H002: the first event is `WorkflowExecutionStarted` and names the workflow type.
    case firstEvent = "H002"
    /// H003: event IDs are contiguous from 1.
    case eventIDs = "H003"
    /// H004: every event's type is known, or the event may be ignored.
    case unknownEvent = "H004"
    /// H005: an event carries the attributes of its type.
    case attributeMismatch = "H005"
    /// H006: workflow tasks are scheduled, then started, then completed, failed or timed out.
    case workflowTaskOrder = "H006"
    /// H007: a reference to another event points back at an event of the right type.
    case danglingReference = "H007"
    /// H008: command events directly follow the completion of their workflow task.
    case commandPlacement = "H008"
    /// H009: one event closes the run, and it is the last.
    case eventsAfterClose = "H009"
    /// H010: event times do not go back.
    case timeOrder = "H010"
    /// H011: the first event names the task queue.
    case taskQueue = "H011"
    /// H012: an activity, timer, child, external request or Nexus operation ends once.
    case resolvedTwice = "H012"
    /// H013: the ID of an activity or a timer is unique among the pending ones.
    case duplicateID = "H013"
    /// H014: an accepted update has a request, its own or that of its admission.
    case updateWithoutRequest = "H014"
    /// H015: the original run ID is known where IDs depend on it.
    case originalRunID = "H015"
    /// H016: the SDK flags are known.
    case unknownSDKFlag = "H016"
  }

  /// How bad a finding is; a later case is worse.
  public enum Severity: String, Sendable, CaseIterable, Comparable {
    /// Worth knowing.
    case info
    /// Replaying may give a wrong picture.
    case warning
    /// The history is invalid.
    case error

    /// Orders by how bad the finding is.
    public static func < (left: Severity, right: Severity) -> Bool {
      left.rank < right.rank
    }

    private var rank: Int {
      switch self {
      case .info: 0
      case .warning: 1
      case .error: 2
      }
    }
  }

  /// The rule.
  public var code: Code

  /// How bad it is.
  public var severity: Severity

  /// The file, as `HistoryOrigin.name` gives it.
  public var file: String

  /// The ID of the event, if the finding is about one.
  public var eventID: Int64?

  /// The JSON pointer (RFC 6901) of the event or the field in the source.
  public var pointer: String

  /// The line of the source on which the event begins, where known.
  public var line: Int?

  /// What is wrong, without the place.
  public var message: String

  /// Describes a broken rule.
  public init(
    code: Code, severity: Severity, file: String, eventID: Int64? = nil, pointer: String, line: Int? = nil,
    message: String
  ) {
    self.code = code
    self.severity = severity
    self.file = file
    self.eventID = eventID
    self.pointer = pointer
    self.line = line
    self.message = message
  }
}

extension HistoryFinding: CustomStringConvertible {
  /// `file:line: error H007: message (event 5, at /events/4)`
  public var description: String {
    var place = pointer.isEmpty ? [] : ["at \(pointer)"]
    if let eventID { place.insert("event \(eventID)", at: 0) }
    let suffix = place.isEmpty ? "" : " (\(place.joined(separator: ", ")))"
    return "\(file)\(line.map { ":\($0)" } ?? ""): \(severity.rawValue) \(code.rawValue): \(message)\(suffix)"
  }
}
