import SwiftProtobuf
import TemporalAPI

/// One pass over a history that applies every rule to every event.
struct HistoryCheck {
  let history: WorkflowHistory
  let profile: HistoryValidator.Profile
  let isStrict: Bool
  var log: FindingLog

  /// Where each event stands by its ID; events of contiguous histories stand where their ID says.
  private var places: [Int64: Int] = [:]
  private let isContiguous: Bool
  /// The event that resolved each event that opens something, by its place.
  var resolvedBy: [Int: Int64] = [:]
  var pendingActivityIDs: [String: Int64] = [:]
  var pendingTimerIDs: [String: Int64] = [:]
  var task = TaskState.none
  /// Whether the next event may be a command event.
  var acceptsCommands = false
  var closedBy: HistoryEvent?
  var admittedUpdates: Set<String> = []
  var sdkName = ""
  private var saidTimeIsMissing = false

  /// How far the present workflow task is.
  enum TaskState {
    case none
    case scheduled
    case started
  }

  init(_ history: WorkflowHistory, profile: HistoryValidator.Profile, isStrict: Bool) {
    self.history = history
    self.profile = profile
    self.isStrict = isStrict
    log = FindingLog(history)
    isContiguous = history.events.indices.allSatisfy { history.events[$0].eventID == Int64($0) + 1 }
    if !isContiguous {
      for index in history.events.indices { places[history.events[index].eventID] = index }
    }
  }

  mutating func run() {
    guard !history.events.isEmpty else {
      log.add(.noEvents, .error, at: 0, "the history has no events")
      return
    }
    checkFirstEvent()
    for index in history.events.indices {
      let event = history.events[index]
      if !isContiguous { checkID(event, index) }
      checkTime(event, index)
      guard checkType(event, index) else { continue }
      checkReferences(event, index)
      checkTask(event, index)
      checkPlacement(event, index)
      checkPending(event, index)
      checkUpdate(event, index)
      checkFlags(event, index)
      checkClose(event, index)
    }
  }

  /// The place of the event with an ID before a place, if there is one.
  func place(of id: Int64, before index: Int) -> Int? {
    guard id > 0 else { return nil }
    let place = isContiguous ? Int(id) - 1 : places[id] ?? -1
    return place >= 0 && place < index ? place : nil
  }

  // MARK: The first event

  private mutating func checkFirstEvent() {
    let first = history.events[0]
    guard first.eventType == .workflowExecutionStarted else {
      let hint = first.eventID > 1 ? "; the events before it, perhaps earlier pages, are missing" : ""
      log.add(
        .firstEvent, .error, at: 0,
        "the history begins with event \(first.eventID), \(first.eventType.displayName), not with WorkflowExecutionStarted\(hint)"
      )
      return
    }
    guard let started = history.startedAttributes else { return }
    let key = first.eventType.attributesKey
    if started.workflowType.name.isEmpty {
      log.add(
        .firstEvent, .error, at: 0, field: "\(key)/workflowType", "the first event does not name the workflow type")
    }
    if started.taskQueue.name.isEmpty {
      log.add(.taskQueue, .info, at: 0, field: "\(key)/taskQueue", "the first event does not name the task queue")
    }
    let child = history.events.firstIndex { $0.eventType == .startChildWorkflowExecutionInitiated }
    if started.originalExecutionRunID.isEmpty, let child {
      log.add(
        .originalRunID, .warning, at: 0, field: "\(key)/originalExecutionRunId",
        "the original run ID is missing; the IDs that children get by default (event \(history.events[child].eventID)) depend on it"
      )
    }
  }

  // MARK: Every event

  private mutating func checkID(_ event: HistoryEvent, _ index: Int) {
    guard index > 0 else {
      if event.eventID != 1, event.eventType == .workflowExecutionStarted {
        log.add(.eventIDs, .error, at: 0, field: "eventId", "the first event has the ID \(event.eventID), not 1")
      }
      return
    }
    let last = history.events[index - 1].eventID
    guard event.eventID != last &+ 1 else { return }
    let message =
      if event.eventID > last {
        event.eventID == last &+ 2
          ? "event \(last + 1) is missing" : "the events \(last + 1) to \(event.eventID - 1) are missing"
      } else if event.eventID == last {
        "event \(event.eventID) occurs twice"
      } else {
        "event \(event.eventID) follows event \(last)"
      }
    log.add(.eventIDs, .error, at: index, field: "eventId", message)
  }

  private mutating func checkTime(_ event: HistoryEvent, _ index: Int) {
    guard event.hasEventTime else {
      if !saidTimeIsMissing { log.add(.timeOrder, .info, at: index, "the event has no time") }
      saidTimeIsMissing = true
      return
    }
    guard index > 0, history.events[index - 1].hasEventTime else { return }
    let before = history.events[index - 1].eventTime
    let time = event.eventTime
    if (time.seconds, time.nanos) < (before.seconds, before.nanos) {
      log.add(.timeOrder, .info, at: index, field: "eventTime", "the event is earlier than the one before it")
    }
  }

  /// Whether the event has a known type and the attributes of it, so that the other rules can look at it.
  private mutating func checkType(_ event: HistoryEvent, _ index: Int) -> Bool {
    if event.eventType == .unspecified || isUnrecognized(event.eventType) {
      if !event.workerMayIgnore {
        log.add(.unknownEvent, .error, at: index, field: "eventType", Self.unknownType(of: event, in: history))
      }
      return false
    }
    guard let attributes = event.attributes else {
      log.add(
        .attributeMismatch, .error, at: index, field: event.eventType.attributesKey,
        "the event is \(event.eventType.displayName) but has no attributes of that type")
      return false
    }
    guard attributes.eventType == event.eventType else {
      log.add(
        .attributeMismatch, .error, at: index, field: attributes.eventType.attributesKey,
        "the event is \(event.eventType.displayName) but has the attributes of \(attributes.eventType.displayName)")
      return false
    }
    return true
  }

  private static func unknownType(of event: HistoryEvent, in history: WorkflowHistory) -> String {
    let note = history.notes.first { $0.kind == .unknownEnumName && $0.eventID == event.eventID }
    if let name = note?.value { return "the event has the unknown type “\(name)”" }
    return event.eventType == .unspecified
      ? "the event has no type" : "the event has the unknown type \(event.eventType.rawValue)"
  }

  private func isUnrecognized(_ type: EventType) -> Bool {
    if case .UNRECOGNIZED = type { return true }
    return false
  }

  private mutating func checkReferences(_ event: HistoryEvent, _ index: Int) {
    for reference in event.references {
      if reference.eventID == 0, !reference.isRequired { continue }
      if let place = place(of: reference.eventID, before: index), history.events[place].eventType == reference.type {
        continue
      }
      let field = "\(event.eventType.attributesKey)/\(reference.field)"
      let severity: HistoryFinding.Severity = reference.isDecisive ? .error : .warning
      guard let place = place(of: reference.eventID, before: index) else {
        let why = reference.eventID >= event.eventID ? "is not an earlier event" : "is not in the history"
        log.add(
          .danglingReference, severity, at: index, field: field,
          "\(reference.field) of \(event.eventType.displayName) is \(reference.eventID), which \(why)")
        continue
      }
      log.add(
        .danglingReference, severity, at: index, field: field,
        "\(reference.field) of \(event.eventType.displayName) is \(reference.eventID), which is \(history.events[place].eventType.displayName), not \(reference.type.displayName)"
      )
    }
  }
}
