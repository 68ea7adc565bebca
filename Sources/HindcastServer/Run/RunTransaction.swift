internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI

/// One atomic change of a run (`server.md` 2.1).
///
/// It works on a copy: a transaction that throws has changed nothing. Events that it adds are folded into the state at once, by
/// the same code that rebuilds a run from its history (``Execution/apply(_:)``); they get their ids when they enter the history.
struct RunTransaction {
  /// The run as it will be.
  var execution: Execution
  /// The run's main record as it was.
  let original: ExecutionRecord
  /// The run's clock, ahead of the server's where the run skipped time.
  var now: Int64
  /// Makes ids.
  var ids: IDSource
  /// What the namespace and the server allow.
  let limits: Limits
  /// Batches that are complete, ids given.
  private(set) var batches: [[HistoryEvent]] = []
  /// The batches encoded, once the transaction has finished.
  private(set) var encodedBatches: [EventBatch] = []
  /// The batch that is being written.
  private(set) var batch: [HistoryEvent] = []
  /// What is to happen elsewhere once this is stored, in order.
  var followUps: [FollowUp] = []
  /// Tasks for the queues, in order.
  var dispatches: [Dispatch] = []
  /// What became of updates, for those who wait for them.
  var updateResults: [(id: String, result: UpdateResult)] = []
  /// What groups the events of a workflow: markers of the command that is carried out, for its first event.
  var groupMarkers: [Temporal_Api_Sdk_V1_EventGroupMarker] = []
  /// Whether the workflow must see something that it has not seen.
  var needsWorkflowTask = false
  /// Activities that the worker which schedules them is to get with the response.
  var eagerActivities: [Int64] = []

  /// The id of an event that waits in the buffer, in references from other events in the buffer.
  static let bufferedEventID: Int64 = -123

  init(_ execution: Execution, now: Int64, ids: IDSource, limits: Limits) {
    self.execution = execution
    original = execution.record
    self.now = now.addingClamped(execution.record.skipped)
    self.ids = ids
    self.limits = limits
  }

  var record: ExecutionRecord {
    get { execution.record }
    _modify { yield &execution.record }
  }

  var hasNewEvents: Bool { !batch.isEmpty || !batches.isEmpty }

  // MARK: Events

  /// Writes an event to the history and folds it into the state.
  ///
  /// For events that are written at once: starts and ends of the run, workflow tasks, events of commands, updates.
  ///
  /// - Parameters:
  ///   - attributes: What the event says.
  ///   - time: When it happened, on the run's clock; now unless told.
  ///   - userMetadata: The summary and details of the command.
  /// - Returns: The event with its id.
  @discardableResult
  mutating func write(
    _ attributes: EventAttributes, at time: Int64? = nil, userMetadata: UserMetadata? = nil,
    links: [Temporal_Api_Common_V1_Link] = []
  ) -> HistoryEvent {
    var event = makeEvent(attributes, at: time, userMetadata: userMetadata, links: links)
    event.eventID = execution.record.nextEventID
    execution.record.nextEventID += 1
    if !groupMarkers.isEmpty {
      event.eventGroupMarkers = groupMarkers
      groupMarkers = []
    }
    batch.append(event)
    execution.apply(event)
    return event
  }

  /// Takes note of an event that something outside brought about.
  ///
  /// It enters the history at the end of the transaction, or of the workflow task in flight.
  ///
  /// - Parameters:
  ///   - wakes: Whether the workflow must get a workflow task for it.
  ///   - scheduledEventID: Groups events of the buffer that refer to one another.
  mutating func add(
    _ attributes: EventAttributes, at time: Int64? = nil, wakes: Bool = true,
    links: [Temporal_Api_Common_V1_Link] = []
  ) {
    materializeSpeculativeTask()
    let event = makeEvent(attributes, at: time, userMetadata: nil, links: links)
    execution.buffer.append(.with { $0.event = event })
    execution.apply(event)
    if wakes { needsWorkflowTask = true }
  }

  private func makeEvent(
    _ attributes: EventAttributes, at time: Int64?, userMetadata: UserMetadata?, links: [Temporal_Api_Common_V1_Link]
  ) -> HistoryEvent {
    .with {
      $0.eventTime = (time ?? now).timestamp
      $0.eventType = attributes.eventType
      $0.attributes = attributes
      $0.workerMayIgnore = attributes.eventType.isForReadersOnly
      if let userMetadata { $0.userMetadata = userMetadata }
      $0.links = links
    }
  }

  /// Ends the batch that is being written: what follows is another one.
  mutating func endBatch() {
    if batch.isEmpty { return }
    batches.append(batch)
    batch = []
  }

  /// Moves what is in the buffer into the history.
  ///
  /// Results go behind everything else, and references between buffered events get their ids (`server.md` 2.1).
  mutating func flushBuffer() {
    guard !execution.buffer.isEmpty else { return }
    let events = execution.buffer.records.map(\.event)
    execution.buffer = EventBuffer()
    var started: [Int64: Int64] = [:]
    for var event in events.filter({ !$0.isResult }) + events.filter(\.isResult) {
      event.eventID = execution.record.nextEventID
      execution.record.nextEventID += 1
      event.resolveBufferedReferences(&started)
      execution.setEventID(of: event)
      batch.append(event)
    }
  }

  /// Takes an event out of the buffer.
  mutating func removeBuffered(where isWanted: (HistoryEvent) -> Bool) -> HistoryEvent? {
    execution.buffer.removeFirst(where: isWanted)
  }

  /// The event that closed the run in this transaction; the transaction is finished.
  var closingEvent: HistoryEvent? {
    batches.last?.last { $0.eventID == record.completionEventID }
  }

  /// Whether something is in the buffer that a new workflow task would show.
  var hasBufferedEvents: Bool { !execution.buffer.isEmpty }

  // MARK: The end

  /// Brings the run into a state that may be stored: the buffer is flushed and a workflow task scheduled where that may be.
  mutating func finish() {
    keepBufferSmall()
    if execution.isRunning {
      materializeSpeculativeTaskIfStored()
      if !execution.hasWorkflowTaskInFlight {
        flushBuffer()
        if needsWorkflowTask { scheduleWorkflowTask() }
        skipTime()
      }
    } else {
      // Ends of activities that the answer cancelled before it closed the run: they leave no event.
      execution.buffer = EventBuffer()
      abortUpdates()
    }
    endBatch()
    if hasNewEvents || !execution.activities.changed.isEmpty { execution.record.stateTransitionCount += 1 }
    encodedBatches = batches.map { EventBatch($0) }
    // The size of the history, which limits and suggestions are held against.
    execution.record.historySizeBytes += Int64(encodedBatches.reduce(0) { $0 + $1.eventBytes })
  }
}

/// A task for a queue.
struct Dispatch: Sendable {
  var queue: QueueKey
  var task: QueuedTask
}

/// What a run's transaction brings about elsewhere, in a transaction of its own.
enum FollowUp: Sendable {
  /// No workflow task is there or follows that the run's queries could ride on.
  case releaseQueries(runID: String)
  /// The run of a child is to be started.
  case startChild(runID: String, initiatedEventID: Int64)
  /// A signal or a cancel request is to reach another workflow.
  case deliverExternal(runID: String, initiatedEventID: Int64)
  /// A closed run is to vanish.
  case delete(runID: String)
  /// A handler is to be asked to start or cancel an operation.
  case sendNexusRequest(runID: String, scheduledEventID: Int64, NexusRequestKind)
  /// A run has closed with this event: its parent is told, its children follow their close policies, callbacks are called.
  case closed(runID: String, HistoryEvent)
  /// The run that follows another one in its chain is to be started.
  case continueChain(RunStart)
  /// An update-with-start whose update a closing run aborted is carried out again.
  case repeatUpdateWithStart(CallID, MultiOperationRequest)
}

extension EventType {
  /// Whether workers that do not know the event may pass over it.
  fileprivate var isForReadersOnly: Bool {
    switch self {
    case .workflowExecutionOptionsUpdated, .workflowExecutionPaused, .workflowExecutionUnpaused,
      .workflowExecutionTimeSkippingTransitioned, .nexusOperationCancelRequestCompleted,
      .nexusOperationCancelRequestFailed:
      true
    default: false
    }
  }
}

extension HistoryEvent {
  /// Whether the event is a result, which a flush puts behind everything else (`server.md` 2.1).
  var isResult: Bool {
    switch eventType {
    case .activityTaskCompleted, .activityTaskFailed, .activityTaskTimedOut, .activityTaskCanceled,
      .childWorkflowExecutionCompleted, .childWorkflowExecutionFailed, .childWorkflowExecutionTimedOut,
      .childWorkflowExecutionCanceled, .childWorkflowExecutionTerminated,
      .nexusOperationCompleted, .nexusOperationFailed, .nexusOperationCanceled, .nexusOperationTimedOut:
      true
    default: false
    }
  }

  /// Fills in the ids of events that were in the buffer with this one.
  ///
  /// - Parameter started: The started events that have got their ids, by their scheduled or initiated event.
  fileprivate mutating func resolveBufferedReferences(_ started: inout [Int64: Int64]) {
    func resolved(_ startedID: Int64, of scheduledID: Int64) -> Int64 {
      startedID == RunTransaction.bufferedEventID ? started[scheduledID] ?? 0 : startedID
    }
    switch attributes {
    case .activityTaskStartedEventAttributes(let attributes)?:
      started[attributes.scheduledEventID] = eventID
    case .childWorkflowExecutionStartedEventAttributes(let attributes)?:
      started[attributes.initiatedEventID] = eventID
    case .activityTaskCompletedEventAttributes(var attributes)?:
      attributes.startedEventID = resolved(attributes.startedEventID, of: attributes.scheduledEventID)
      activityTaskCompletedEventAttributes = attributes
    case .activityTaskFailedEventAttributes(var attributes)?:
      attributes.startedEventID = resolved(attributes.startedEventID, of: attributes.scheduledEventID)
      activityTaskFailedEventAttributes = attributes
    case .activityTaskTimedOutEventAttributes(var attributes)?:
      attributes.startedEventID = resolved(attributes.startedEventID, of: attributes.scheduledEventID)
      activityTaskTimedOutEventAttributes = attributes
    case .activityTaskCanceledEventAttributes(var attributes)?:
      attributes.startedEventID = resolved(attributes.startedEventID, of: attributes.scheduledEventID)
      activityTaskCanceledEventAttributes = attributes
    case .childWorkflowExecutionCompletedEventAttributes(var attributes)?:
      attributes.startedEventID = resolved(attributes.startedEventID, of: attributes.initiatedEventID)
      childWorkflowExecutionCompletedEventAttributes = attributes
    case .childWorkflowExecutionFailedEventAttributes(var attributes)?:
      attributes.startedEventID = resolved(attributes.startedEventID, of: attributes.initiatedEventID)
      childWorkflowExecutionFailedEventAttributes = attributes
    case .childWorkflowExecutionCanceledEventAttributes(var attributes)?:
      attributes.startedEventID = resolved(attributes.startedEventID, of: attributes.initiatedEventID)
      childWorkflowExecutionCanceledEventAttributes = attributes
    case .childWorkflowExecutionTimedOutEventAttributes(var attributes)?:
      attributes.startedEventID = resolved(attributes.startedEventID, of: attributes.initiatedEventID)
      childWorkflowExecutionTimedOutEventAttributes = attributes
    case .childWorkflowExecutionTerminatedEventAttributes(var attributes)?:
      attributes.startedEventID = resolved(attributes.startedEventID, of: attributes.initiatedEventID)
      childWorkflowExecutionTerminatedEventAttributes = attributes
    default:
      break
    }
  }
}
