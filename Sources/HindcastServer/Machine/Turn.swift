public import HindcastCalls
internal import HindcastHistory
public import SwiftProtobuf
internal import TemporalAPI

/// Names one call while it waits for its answer.
public struct CallID: Hashable, Comparable, Sendable {
  /// Given by whoever hands the call to the server; never used twice.
  public var number: UInt64

  /// The call with this number.
  public init(_ number: UInt64) { self.number = number }

  /// Whether `left` was made before `right`.
  public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// A call as it reaches the server.
public struct Call: Sendable {
  /// Under which the answer comes.
  public var id: CallID
  /// What the caller says it is, `temporal-cli` or `temporal-python`: some answers depend on it (`server.md` 3.4).
  public var clientName: String
  /// The version of that.
  public var clientVersion: String
  /// How long the caller waits for the answer; `nil` if nobody says.
  public var timeout: Duration?
  /// How the answer holds histories.
  public var historyForm: HistoryForm

  /// A call of a client.
  public init(
    id: CallID, clientName: String = "", clientVersion: String = "", timeout: Duration? = nil,
    historyForm: HistoryForm = .events
  ) {
    self.id = id
    self.clientName = clientName
    self.clientVersion = clientVersion
    self.timeout = timeout
    self.historyForm = historyForm
  }
}

/// The answer to a call.
public struct Reply: Sendable {
  /// Which call.
  public var call: CallID
  /// The method's response, or why there is none.
  public var result: Result<any Message, ServiceError>
}

/// A change that must be stored before any reply of its turn goes out.
public enum Write: Sendable {
  /// One batch of events at the end of a run's history: what one transaction wrote, ids ascending.
  case events(EventBatch, run: String)
  /// The whole history of a run goes.
  case removeHistory(run: String)
  /// A record is new or changed; `nil` removes it. The owner is a run id or a namespace.
  case record(RecordKind, owner: String, key: String, (any Message)?)
}

/// The kinds of records that a server keeps.
public enum RecordKind: String, CaseIterable, Sendable {
  /// `ExecutionRecord` by run id.
  case execution
  /// `ActivityRecord` by run and scheduled event id.
  case activity
  /// `TimerRecord` by run and timer id.
  case timer
  /// `ChildRecord` by run and initiated event id.
  case child
  /// `ExternalRecord` by run and initiated event id.
  case external
  /// `UpdateRecord` by run and update id.
  case update
  /// `NexusOperationRecord` by run and scheduled event id.
  case nexusOperation
  /// `RequestRecord` by run and request id.
  case request
  /// `BufferedEventRecord` by run and position.
  case bufferedEvent
  /// `CurrentRunRecord` by namespace and workflow id.
  case currentRun
  /// `NamespaceRecord` by name.
  case namespace
  /// `TaskQueueRecord` by namespace and by type and name.
  case taskQueue
  /// `ScheduleRecord` by namespace and id.
  case schedule
  /// `DeploymentRecord` by namespace and name.
  case deployment
  /// `NexusEndpointRecord` by id.
  case nexusEndpoint
  /// `BatchRecord` by namespace and job id.
  case batch
  /// `StandaloneActivityRecord` by namespace and run id.
  case standaloneActivity
}

/// Reads stored histories. What a turn itself writes is not there yet; ``Turn`` knows that.
public protocol HistoryArchive {
  /// The batches of a run's history from the one that holds an event on, at most `limit` of them, in order.
  ///
  /// That one may begin before the event. Nothing if the history ends before it.
  ///
  /// - Throws: ``ServiceError`` when the store cannot be read.
  func batches(ofRun runID: String, from eventID: Int64, limit: Int) throws(ServiceError) -> [EventBatch]
  /// The batches of a run's history that begin before an event, at most `limit` of them, the last one first.
  ///
  /// - Throws: ``ServiceError`` when the store cannot be read.
  func batches(ofRun runID: String, before eventID: Int64, limit: Int) throws(ServiceError) -> [EventBatch]
}

/// One input's way through the server: what it may read, and what it leaves to be stored and answered.
public struct Turn {
  /// The server's clock.
  public let now: ServerTime
  /// How the call that came in takes histories.
  let historyForm: HistoryForm
  /// Changes, in order; all of them are stored or none.
  public private(set) var writes: [Write] = []
  /// Answers, to this call and to others that waited.
  public private(set) var replies: [Reply] = []

  private let archive: any HistoryArchive
  private var unsaved: [String: [EventBatch]] = [:]

  init(now: ServerTime, archive: any HistoryArchive, historyForm: HistoryForm = .events) {
    self.now = now
    self.historyForm = historyForm
    self.archive = archive
  }

  /// Whether a call got its answer; otherwise it waits for one.
  public func answers(_ call: CallID) -> Bool { replies.contains { $0.call == call } }

  mutating func save(_ batch: EventBatch, run: String) {
    writes.append(.events(batch, run: run))
    unsaved[run, default: []].append(batch)
  }

  mutating func save(_ kind: RecordKind, owner: String, key: String, _ record: (any Message)?) {
    writes.append(.record(kind, owner: owner, key: key, record))
  }

  mutating func removeHistory(run: String) {
    unsaved[run] = nil
    writes.append(.removeHistory(run: run))
  }

  mutating func reply(_ call: CallID, _ response: any Message) {
    replies.append(Reply(call: call, result: .success(response)))
  }

  mutating func reply(_ call: CallID, error: ServiceError) {
    replies.append(Reply(call: call, result: .failure(error.shortened)))
  }

  /// A run's batches from the one that holds an event on, what this turn wrote included.
  func batches(ofRun runID: String, from eventID: Int64, limit: Int = .max) throws(ServiceError) -> [EventBatch] {
    let fresh = unsaved[runID] ?? []
    if let start = fresh.first?.events.first?.eventID, start <= eventID {
      return Array(fresh.from(eventID).prefix(limit))
    }
    let stored = try archive.batches(ofRun: runID, from: eventID, limit: limit)
    return stored.count >= limit ? stored : stored + fresh.prefix(limit - stored.count)
  }

  /// A run's batches that begin before an event, the last one first, what this turn wrote included.
  func batches(ofRun runID: String, before eventID: Int64, limit: Int) throws(ServiceError) -> [EventBatch] {
    let fresh = Array((unsaved[runID] ?? []).before(eventID).prefix(limit))
    let stored = try archive.batches(ofRun: runID, before: eventID, limit: limit - fresh.count)
    return fresh + stored
  }

  /// A run's events from one to another, both included.
  func events(ofRun runID: String, from first: Int64 = 1, through last: Int64 = .max) throws(ServiceError)
    -> [HistoryEvent]
  {
    Array(try batches(ofRun: runID, from: first).joined(from: first).prefix { $0.eventID <= last })
  }
}

extension [EventBatch] {
  /// The batches from the one that holds an event on; these are all of a history or its end.
  public func from(_ eventID: Int64) -> ArraySlice<EventBatch> {
    let next = firstIndex { $0 > eventID }
    guard next > 0 else { return self[...] }
    let holds = (self[next - 1].events.last?.eventID ?? 0) >= eventID
    return self[(holds ? next - 1 : next)...]
  }

  /// The batches that begin before an event, the last one first.
  public func before(_ eventID: Int64) -> ReversedCollection<ArraySlice<EventBatch>> {
    self[..<firstIndex { $0 >= eventID }].reversed()
  }

  /// Where the batches begin whose first event is wanted, as are those of all after it.
  private func firstIndex(where isWanted: (_ firstEventID: Int64) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isWanted(self[middle].events.first?.eventID ?? 0) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
