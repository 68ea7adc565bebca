public import Foundation
public import HindcastCalls
internal import HindcastHistory
public import HindcastServer
public import SwiftProtobuf
internal import TemporalAPI

/// A Temporal service in this process: the server, its store and its clock.
///
/// ```swift
/// let service = try TemporalService()
/// let started = try await service.call(WorkflowService.startWorkflowExecution, request)
/// ```
///
/// It is a ``ServiceConnection``: workers and clients run on it as they do on a real server, and nothing is encoded on the way.
/// With a file, an answer means that what it tells of is on the disk.
public actor TemporalService: ServiceConnection {
  let configuration: ServiceConfiguration
  var machine: ServerMachine
  let cache: HistoryCache
  var clock: ServiceClock
  /// Those who wait for the clock (TestService).
  var sleepers = Sleepers()
  var alarm = Alarm()
  /// When calls that wait have waited long enough.
  var deadlines = DueTimes<CallID, ContinuousClock.Instant>()

  private let store: any RecordStore
  private var lastCall: UInt64 = 0
  /// Who waits for an answer.
  private var callers: [CallID: Caller] = [:]
  /// The answers to calls that were begun.
  private var answers: [CallID: Result<any Message, any Error>] = [:]
  /// What is not on its way to the store yet, and the answers that may go out when it is there.
  private var pending = CommitGroup()
  private var pendingReplies: [Reply] = []
  private(set) var isCommitting = false
  /// What the store was told last of where the server stands.
  private var storedState: StoredState?
  /// The store failed, and so did the attempt to go back to what it holds.
  private var isStale = false
  private var isClosed = false
  private var closing: [CheckedContinuation<Void, Never>] = []

  /// Opens a service, with what its database holds.
  ///
  /// - Throws: ``ServiceStoreError`` when the database cannot be served.
  public init(_ configuration: ServiceConfiguration = ServiceConfiguration()) throws {
    let store: any RecordStore
    switch configuration.storage {
    case .memory: store = MemoryStore()
    case .file(let path): store = try SQLiteStore(path: path)
    }
    try self.init(configuration, store: store)
  }

  /// Makes a service in memory.
  public init(seed: UInt64, clock: ServiceConfiguration.Clock = .real) {
    self.init(ServiceConfiguration(clock: clock, seed: seed), store: MemoryStore(), restored: nil)
  }

  init(_ configuration: ServiceConfiguration, store: any RecordStore) throws {
    let restored = try Self.restore(from: store, limits: configuration.limits)
    self.init(configuration, store: store, restored: restored)
  }

  private init(
    _ configuration: ServiceConfiguration, store: any RecordStore, restored: (machine: ServerMachine, time: ServerTime)?
  ) {
    self.configuration = configuration
    self.store = store
    cache = HistoryCache(store: store, capacity: configuration.historyCacheBytes)
    clock = ServiceClock(configuration.clock)
    if let restored {
      machine = restored.machine
      clock.resume(at: restored.time)
    } else {
      machine = ServerMachine(
        seed: Self.seed(of: configuration), limits: configuration.limits,
        additionalNamespaces: configuration.namespaces)
      for write in machine.firstWrites where configuration.storage != .memory { pending.add(write) }
    }
    Task { await self.begin() }
  }

  private static func seed(of configuration: ServiceConfiguration) -> UInt64 {
    if let seed = configuration.seed { return seed }
    if case .virtual = configuration.clock { return 0 }
    return .random(in: .min ... .max)
  }

  /// Sets the alarm for what was due when the database was left.
  private func begin() { pump() }

  // MARK: Calls

  /// Sends a request and waits for its answer.
  ///
  /// - Parameter timeout: The longest to wait; with zero the call does not wait at all. `nil` means the method's own ``ServiceMethod/patience``; with a virtual clock a
  ///   call without a timeout waits as long as it takes.
  public nonisolated func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    let patience = isPatient ? nil : method.patience.timeout
    let response = try await call(MethodName(method), request, timeout: timeout ?? patience)
    guard let response = response as? Response else {
      throw ServiceError(.internal, "the answer is no \(Response.self)", method: method.name)
    }
    return response
  }

  private nonisolated var isPatient: Bool {
    if case .virtual = configuration.clock { return true }
    return false
  }

  /// Sends a request as it comes over a wire and waits for its answer.
  ///
  /// - Parameters:
  ///   - timeout: How long the caller waits; a call that waits in vain is answered a little earlier.
  ///   - clientName: What the caller calls itself in its metadata.
  ///   - clientVersion: The version of that.
  public nonisolated func call(
    _ method: MethodName, encoded request: Data, timeout: Duration?, clientName: String = "", clientVersion: String = ""
  ) async throws -> Data {
    let request = try Self.request(of: method, from: request)
    let response = try await call(
      method, request, timeout: timeout, clientName: clientName, clientVersion: clientVersion, historyForm: .encoded)
    return try response.serializedData()
  }

  /// Sends a request of any method and waits for its answer.
  ///
  /// - Parameter historyForm: How the answer holds histories.
  public func call(
    _ method: MethodName, _ request: any Message, timeout: Duration?, clientName: String = "",
    clientVersion: String = "", historyForm: HistoryForm = .events
  ) async throws -> any Message {
    try refreshIfStale(method)
    if method.service == TestService.name { return try await callTestService(method, request) }

    lastCall += 1
    let id = CallID(lastCall)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
          return
        }
        callers[id] = .waits(continuation)
        let call = Call(
          id: id, clientName: clientName, clientVersion: clientVersion, timeout: isPatient ? nil : timeout,
          historyForm: historyForm)
        let turn = machine.handle(request, of: method, as: call, at: clock.now(), reading: cache)
        take(turn)
        if !turn.answers(id) {
          if let timeout, timeout <= .zero {
            take(machine.expire(id, at: clock.now(), reading: cache))
          } else {
            setDeadline(of: id, method, timeout)
          }
        }
        pump()
      }
    } onCancel: {
      Task { await self.abandon(id) }
    }
  }

  /// How many calls are under way.
  package var waitingCalls: Int { callers.count }

  private func setDeadline(of call: CallID, _ method: MethodName, _ timeout: Duration?) {
    guard let timeout else {
      if !isPatient { deadlines.set(ContinuousClock.now + CallLimits.longestWait(of: method), for: call) }
      return
    }
    let wait = min(timeout - CallLimits.margin(of: timeout), CallLimits.longestWait(of: method))
    deadlines.set(ContinuousClock.now + wait, for: call)
  }

  /// Makes a call and does not wait for its answer; ``takeAnswer(to:)`` gives it when it has come.
  public func begin<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request
  ) -> CallID {
    lastCall += 1
    let id = CallID(lastCall)
    do {
      try refreshIfStale(MethodName(method))
    } catch {
      answers[id] = .failure(error)
      return id
    }
    callers[id] = .looksLater
    take(machine.handle(request, of: MethodName(method), as: Call(id: id), at: clock.now(), reading: cache))
    pump()
    return id
  }

  /// The answer to a call that was begun; `nil` while it waits.
  public func takeAnswer(to call: CallID) throws -> (any Message)? { try answers.removeValue(forKey: call)?.get() }

  /// Rebuilds runs from their stored histories and compares them with the live ones.
  public func rebuildRuns(onlyRunning: Bool = false) -> RebuildCheck {
    machine.rebuildRuns(reading: cache, onlyRunning: onlyRunning)
  }

  /// Gives up a call.
  public func abandon(_ call: CallID) {
    machine.abandon(call)
    answer(call, .failure(CancellationError()))
    answers[call] = nil
  }

  /// Answers the calls whose time is up.
  func expireCalls() {
    let now = ContinuousClock.now
    while let call = deadlines.popDue(at: now) {
      take(machine.expire(call, at: clock.now(), reading: cache))
    }
  }

  private func answer(_ call: CallID, _ result: Result<any Message, any Error>) {
    guard let caller = callers.removeValue(forKey: call) else { return }
    deadlines.set(nil, for: call)
    switch caller {
    case .waits(let continuation): continuation.resume(with: result)
    case .looksLater: answers[call] = result
    }
  }

  // MARK: Storing

  /// Takes what a turn left: its writes go to the store, its replies to the callers once they are there.
  func take(_ turn: Turn) {
    for write in turn.writes {
      add(write)
      cache.note(write)
    }
    if storesFirst, isCommitting || !pending.isEmpty {
      pendingReplies += turn.replies
      commitPending()
    } else {
      send(turn.replies)
      if hasEnoughToStore { commitPending() }
    }
  }

  /// Whether an answer has to wait until what it tells of is stored.
  private var storesFirst: Bool { configuration.storage != .memory }

  private func add(_ write: Write) {
    // Records are kept for the service that opens the file next, which a database in memory has not.
    if !storesFirst, case .record = write { return }
    pending.add(write)
  }

  /// Whether a transaction is worth its while. A database in memory takes what histories have no room in the cache, so that is
  /// what gathers first.
  private var hasEnoughToStore: Bool {
    if storesFirst || pending.isEmpty { return !pending.isEmpty }
    return !cache.keepsAll && pending.historyBytes >= configuration.historyCacheBytes
  }

  private func send(_ replies: [Reply]) {
    for reply in replies { answer(reply.call, reply.result.mapError { $0 }) }
  }

  private var state: StoredState { StoredState(ids: machine.idSource.state, now: clock.last.nanoseconds) }

  /// Hands to the store what has gathered, unless it is busy: what comes meanwhile shares the next transaction.
  private func commitPending(evenIfEmpty: Bool = false) {
    guard !isCommitting, evenIfEmpty || !pending.isEmpty || !pendingReplies.isEmpty else { return }
    isCommitting = true
    pending.state = state
    storedState = state
    let group = pending
    let replies = pendingReplies
    let number = cache.beginGroup()
    pending = CommitGroup()
    pendingReplies = []
    Task {
      let result: Result<Void, any Error>
      do { result = .success(try await store.commit(group)) } catch { result = .failure(error) }
      self.finish(replies, number, result)
    }
  }

  private func finish(_ replies: [Reply], _ group: UInt64, _ result: Result<Void, any Error>) {
    isCommitting = false
    switch result {
    case .success:
      cache.noteStored(group)
      send(replies)
    case .failure where !storesFirst:
      // Everything was answered already, and is still here.
      cache.keepsAll = true
    case .failure(let error):
      recover(from: error)
    }
    if !closing.isEmpty, storesFirst, storedState != state {
      commitPending(evenIfEmpty: true)
    } else if pendingReplies.isEmpty && !hasEnoughToStore || !storesFirst && !closing.isEmpty {
      for continuation in closing { continuation.resume() }
      closing = []
    } else {
      commitPending()
    }
  }

  /// A write failed: what was built on it did not happen, and nobody may be told that it did.
  private func recover(from error: any Error) {
    pending = CommitGroup()
    pendingReplies = []
    cache.removeAll()
    for call in callers.keys.sorted() { answer(call, .failure(Self.unavailable("\(error)"))) }
    isStale = true
    try? refreshIfStale(nil)
  }

  private static func unavailable(_ reason: String, _ method: MethodName? = nil) -> ServiceError {
    ServiceError(.unavailable, reason, method: method?.name ?? "")
  }

  /// Goes back to what the store holds, after a write failed.
  private func refreshIfStale(_ method: MethodName?) throws {
    if isClosed { throw Self.unavailable("the service is closed", method) }
    guard isStale else { return }
    do {
      if let restored = try Self.restore(from: store, limits: configuration.limits) {
        machine = restored.machine
      } else {
        machine = ServerMachine(
          seed: Self.seed(of: configuration), limits: configuration.limits,
          additionalNamespaces: configuration.namespaces)
        for write in machine.firstWrites { add(write) }
      }
      isStale = false
      pump()
    } catch {
      throw Self.unavailable("\(error)", method)
    }
  }

  private static func restore(
    from store: any RecordStore, limits: Limits
  ) throws -> (machine: ServerMachine, time: ServerTime)? {
    var restorer = ServerRestorer(ids: IDSource(seed: 0), limits: limits)
    let state = try store.readRecords { try restorer.add($0, owner: $1, key: $2, $3) }
    guard let state else { return nil }
    var machine = restorer.finish()
    machine.idSource = IDSource(seed: state.ids)
    return (machine, ServerTime(nanoseconds: state.now))
  }

  // MARK: The end

  /// Stores what is not stored yet and lets go of the database; calls that still wait fail.
  public func close() async throws {
    if isClosed { return }
    isClosed = true
    alarm.cancel()
    sleepers.cancelAll()
    for call in callers.keys.sorted() where machine.isWaiting(call) {
      answer(call, .failure(Self.unavailable("the service is closed")))
    }
    // A file also keeps where the clock stands, though nothing else may have changed since.
    if storesFirst || isCommitting {
      await withCheckedContinuation { continuation in
        closing.append(continuation)
        commitPending(evenIfEmpty: true)
      }
    }
    try store.close()
  }
}

/// How an answer reaches whoever made the call.
private enum Caller {
  case waits(CheckedContinuation<any Message, any Error>)
  /// By ``TemporalService/takeAnswer(to:)``.
  case looksLater
}
