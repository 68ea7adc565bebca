public import HindcastHistory
import SwiftProtobuf
public import TemporalAPI

/// One run of workflow code, fed with events: the engine that replaying and running share.
///
/// The order of all calls is the Go SDK's (`ProcessWorkflowTask`): markers of the task's own completion are read ahead, then
/// the input is delivered event by event, at the task's start the code runs, and then the commands are taken.
public final class WorkflowRun {
  /// What the code asked for, and how it ended.
  public let environment: WorkflowEnvironment
  private let instance: any WorkflowInstance
  private var isClosed = false
  private var takenWarnings = 0

  /// Makes a run of the type that the environment names.
  public init(environment: WorkflowEnvironment, in runtime: any WorkflowRuntime) throws(WorkflowLoadError) {
    self.environment = environment
    instance = try runtime.makeInstance(in: environment)
    environment.instance = instance
  }

  deinit { close() }

  /// Releases the code. No call may follow.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    environment.detach()
    instance.close()
  }

  /// All coroutines, with what they wait for.
  public var coroutines: [CoroutineStack] { instance.coroutines }

  /// What could still wake the code.
  public var wakeSources: WakeSources { instance.wakeSources }

  /// Signals that came and that no code has received.
  public var unreceivedSignals: [String] { instance.unreceivedSignals }

  /// The event that was delivered last.
  public private(set) var lastDeliveredEventID: Int64 = 0

  /// Answers a query from the present state.
  public func query(
    _ type: String, arguments: Temporal_Api_Common_V1_Payloads? = nil, header: Temporal_Api_Common_V1_Header? = nil
  ) -> QueryAnswer {
    instance.query(type, arguments: arguments, header: header)
  }

  // MARK: A task

  /// Whether the task that runs next was completed before.
  public func setReplaying(_ isReplaying: Bool) {
    environment.isReplaying = isReplaying
  }

  /// Reads ahead what the completion of the task that runs next wrote: flags and markers.
  public func lookAhead(_ slice: WorkflowTaskSlice, of events: [HistoryEvent]) throws(TaskFailure) {
    for number in slice.langUsedFlags {
      if let flag = SDKFlags.Flag(rawValue: number) { environment.flags.set(flag) }
    }
    if !environment.sideEffects.mutableRecorded.isEmpty { environment.sideEffects.mutableRecorded = [] }
    // The type is asked first throughout: to read an event's attributes copies them.
    for index in slice.output where events[index].eventType == .markerRecorded {
      try load(events[index].markerRecordedEventAttributes, eventID: events[index].eventID)
    }
  }

  /// Delivers an event. At a task's start the code runs.
  public func deliver(_ event: HistoryEvent) throws(TaskFailure) {
    lastDeliveredEventID = event.eventID
    try apply(event)
  }

  /// Runs the code as if a task had been started now: for an open history that ends before its next task.
  /// - Parameters:
  ///   - eventID: the id that the start would get.
  ///   - time: when.
  public func startOpenTask(eventID: Int64, at time: WorkflowTime) throws(TaskFailure) {
    environment.advance(to: time)
    environment.info.historyLength = eventID
    environment.ledger.workflowTaskStarted(eventID: eventID)
    if environment.completion == nil { try instance.workflowTaskStarted() }
  }

  /// Delivers an update's request.
  public func deliver(_ message: Temporal_Api_Protocol_V1_Message) throws(TaskFailure) {
    try environment.deliver(message)
  }

  /// Applies the results of local activities that the task's completion recorded, each of which runs the code again.
  public func applyLocalActivities(_ slice: WorkflowTaskSlice, of events: [HistoryEvent]) throws(TaskFailure) {
    for index in slice.output where events[index].eventType == .markerRecorded {
      let marker = events[index].markerRecordedEventAttributes
      guard marker.markerName == Marker.localActivity else { continue }
      try environment.apply(localActivityMarker: marker, eventID: events[index].eventID)
    }
  }

  /// The update requests that a task's completion accepted, which the code must see again, in the order of delivery.
  public func acceptedUpdates(
    _ slice: WorkflowTaskSlice, of events: [HistoryEvent]
  ) throws(TaskFailure) -> [Temporal_Api_Protocol_V1_Message] {
    var messages: [Temporal_Api_Protocol_V1_Message] = []
    for index in slice.output where events[index].eventType == .workflowExecutionUpdateAccepted {
      messages.append(try message(for: events[index].workflowExecutionUpdateAcceptedEventAttributes, slice, events))
    }
    guard messages.count > 1 else { return messages }
    // A stable sort keeps requests with one sequencing id in the order of their acceptance.
    return messages.enumerated().sorted { ($0.element.eventID, $0.offset) < ($1.element.eventID, $1.offset) }
      .map(\.element)
  }

  private func message(
    for accepted: Temporal_Api_History_V1_WorkflowExecutionUpdateAcceptedEventAttributes, _ slice: WorkflowTaskSlice,
    _ events: [HistoryEvent]
  ) throws(TaskFailure) -> Temporal_Api_Protocol_V1_Message {
    // After a reset the request stands in the event that admitted it.
    for index in slice.input {
      guard case .workflowExecutionUpdateAdmittedEventAttributes(let admitted)? = events[index].attributes,
        admitted.request.meta.updateID == accepted.protocolInstanceID
      else { continue }
      return try Self.message(
        id: "\(accepted.protocolInstanceID)/request", instance: accepted.protocolInstanceID,
        sequencing: events[index].eventID, admitted.request)
    }
    guard accepted.hasAcceptedRequest else {
      throw TaskFailure(
        .unreadableHistory, "missing body in message for update ID \(accepted.protocolInstanceID)")
    }
    return try Self.message(
      id: accepted.acceptedRequestMessageID, instance: accepted.protocolInstanceID,
      sequencing: accepted.acceptedRequestSequencingEventID, accepted.acceptedRequest)
  }

  private static func message(
    id: String, instance: String, sequencing: Int64, _ request: Temporal_Api_Update_V1_Request
  ) throws(TaskFailure) -> Temporal_Api_Protocol_V1_Message {
    guard let body = try? Google_Protobuf_Any(message: request) else {
      throw TaskFailure(.unreadableHistory, "the request of update \(instance) cannot be encoded")
    }
    return .with {
      $0.id = id
      $0.protocolInstanceID = instance
      $0.eventID = sequencing
      $0.body = body
    }
  }

  /// Runs a whole task: looks ahead, delivers the input with the updates in their places, and applies local activities.
  public func run(
    _ slice: WorkflowTaskSlice, of events: [HistoryEvent], updates: [Temporal_Api_Protocol_V1_Message]? = nil
  ) throws(TaskFailure) {
    try lookAhead(slice, of: events)
    let messages: [Temporal_Api_Protocol_V1_Message]
    if let updates { messages = updates } else { messages = try acceptedUpdates(slice, of: events) }
    var next = 0
    for index in slice.deliveredIndices(of: events) {
      let event = events[index]
      // A request may be sequenced after an event that is not delivered, so both sides of each event are looked at.
      while next < messages.count, messages[next].eventID < event.eventID {
        try deliver(messages[next])
        next += 1
      }
      try deliver(event)
      while next < messages.count, messages[next].eventID <= event.eventID {
        try deliver(messages[next])
        next += 1
      }
    }
    if slice.completed != nil { try applyLocalActivities(slice, of: events) }
  }

  /// Whether the code waits for local activities, which the task is to wait for as well.
  public var awaitsLocalActivities: Bool {
    environment.completion == nil && !environment.localActivities.pending.isEmpty
  }

  /// What is to be done about local activities since this was asked last.
  public func takeLocalActivityOrders() -> LocalActivityOrders { environment.takeLocalActivityOrders() }

  /// Gives the code the outcome of a local activity, and runs it on; one that nobody waits for is dropped.
  /// - Parameters:
  ///   - id: the request's id.
  ///   - elapsed: how much time has passed since the task started, or since the last outcome.
  public func finishLocalActivity(
    _ id: String, _ outcome: LocalActivityOutcome, after elapsed: Duration
  ) throws(TaskFailure) {
    try environment.finishLocalActivity(id, outcome, at: environment.now.advanced(by: elapsed))
  }

  /// The commands of the task that ran, in order, the one that closes the workflow last.
  public func takeCommands() throws(TaskFailure) -> [IssuedCommand] {
    var commands = try environment.ledger.takeCommands()
    if let close = environment.takeCloseCommand() { commands.append(close) }
    return commands
  }

  /// The messages that answer updates, in order.
  public func takeMessages() -> [Temporal_Api_Protocol_V1_Message] {
    defer { environment.outbox = [] }
    return environment.outbox
  }

  /// The remarks on the code that are new since this was asked last.
  public func takeWarnings() -> [Finding] {
    defer { takenWarnings = environment.warnings.count }
    return Array(environment.warnings[takenWarnings...])
  }

  /// The flags that the task turned on, for the completion's `sdkMetadata`.
  public func takeNewFlags() -> [UInt32] {
    environment.flags.takeNew().map(\.rawValue)
  }

  private func load(
    _ marker: Temporal_Api_History_V1_MarkerRecordedEventAttributes, eventID: Int64
  ) throws(TaskFailure) {
    switch marker.markerName {
    case Marker.localActivity: return
    case Marker.version: try environment.load(versionMarker: marker.details, eventID: eventID)
    case Marker.sideEffect: try environment.load(sideEffectMarker: marker.details, eventID: eventID)
    case Marker.mutableSideEffect: try environment.load(mutableMarker: marker.details, eventID: eventID)
    default:
      throw TaskFailure(
        .unreadableHistory,
        "marker name \"\(marker.markerName)\" for eventId \(eventID): unknown marker name")
    }
  }
}
