import Foundation
import HindcastCalls
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI

/// As much of a Temporal service as a worker needs to replay: it hands out histories, and takes the answers.
///
/// Nothing here knows a network: the calls come encoded, as a gRPC front takes them, or over a `ServiceConnection`.
public actor VerificationServer {
  typealias Polled = Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse

  /// A poll that waits for its answer.
  struct WaitingPoll {
    var worker: WorkerIdentity
    /// Whether it is answered with a history when there is one.
    var takesHistories: Bool
    var continuation: CheckedContinuation<Polled, Never>
  }

  /// Something that was handed out and not yet answered.
  struct Handout {
    var excerpt: Excerpt
    var execution: Temporal_Api_Common_V1_WorkflowExecution
    var continuation: CheckedContinuation<WorkerAnswer, any Error>
  }

  nonisolated let options: VerificationOptions
  nonisolated let clock: any Clock<Duration>
  var polls: [Int: WaitingPoll] = [:]
  /// Polls that take histories, in the order in which they came.
  private var takers: [Int] = []
  /// Who waits for a poll, in their order.
  private var waiters: [(id: Int, continuation: CheckedContinuation<Int, any Error>)] = []
  var handouts: [String: Handout] = [:]
  var log = PollLog()
  private var lastID = 0
  private var servedRuns: Set<String> = []
  /// Ends the wait for a worker.
  private var idleTimer: Task<Void, Never>?
  private var isClosed = false

  /// Makes a server for the workers of a task queue.
  public init(_ options: VerificationOptions, clock: any Clock<Duration> = ContinuousClock()) {
    self.options = options
    self.clock = clock
  }

  /// Ends: polls that wait and that come are sent away empty, and who waits for a worker gets a `CancellationError`.
  public func close() {
    isClosed = true
    for waiter in waiters { waiter.continuation.resume(throwing: CancellationError()) }
    waiters = []
    for token in handouts.keys.sorted() { giveUp(handout: token) }
    for id in polls.keys.sorted() { answerPoll(id, Polled()) }
    watchIdleness()
  }

  func newID() -> Int {
    lastID += 1
    return lastID
  }

  /// The run ID under which a history is served.
  ///
  /// It is the history's own, which code may have built names from, unless this server gave it to a worker before: then the
  /// worker may still hold that run in its cache, and would answer from there.
  func runID(for own: String?) -> String {
    if let own, servedRuns.insert(own).inserted { return own }
    return options.makeRunID()
  }

  // MARK: Polls

  /// Waits until there is a history for the poll, its time is over or its caller gone.
  func poll(_ place: PollLog.Place, isSticky: Bool, _ worker: WorkerIdentity, for limit: Duration) async -> Polled {
    log.add(place, worker)
    guard !isClosed else { return Polled() }
    let id = newID()
    let timer = Task {
      try? await clock.sleep(for: limit)
      answerPoll(id, Polled())
    }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isHere = place.queue == options.taskQueue && place.namespace == options.namespace
        let poll = WaitingPoll(
          worker: worker, takesHistories: place.kind == .workflow && isHere && !isSticky, continuation: continuation)
        polls[id] = poll
        if Task.isCancelled {
          answerPoll(id, Polled())
        } else if poll.takesHistories {
          offer(id)
        }
      }
    } onCancel: {
      Task { await self.answerPoll(id, Polled()) }
    }
  }

  private func offer(_ poll: Int) {
    if waiters.isEmpty {
      takers.append(poll)
    } else {
      waiters.removeFirst().continuation.resume(returning: poll)
    }
    watchIdleness()
  }

  /// Answers a poll that still waits; false when it does not.
  @discardableResult
  func answerPoll(_ id: Int, _ response: Polled) -> Bool {
    takers.removeAll { $0 == id }
    guard let poll = polls.removeValue(forKey: id) else { return false }
    poll.continuation.resume(returning: response)
    return true
  }

  /// Whether a worker waits for a history.
  var hasTaker: Bool { !takers.isEmpty }

  /// Waits for a poll that takes a history.
  private func takePoll() async throws -> Int {
    if isClosed { throw CancellationError() }
    if !takers.isEmpty { return takers.removeFirst() }
    let id = newID()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
        waiters.append((id, continuation))
        watchIdleness()
      }
    } onCancel: {
      Task { await self.giveUp(waiter: id) }
    }
  }

  private func giveUp(waiter id: Int) {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
    waiters.remove(at: index).continuation.resume(throwing: CancellationError())
    watchIdleness()
  }

  /// Starts or ends the wait for a worker, as someone waits while no worker does anything.
  private func watchIdleness() {
    let isIdle = !waiters.isEmpty && handouts.isEmpty && !isClosed
    if isIdle, idleTimer == nil {
      idleTimer = Task {
        guard (try? await clock.sleep(for: options.workerTimeout)) != nil else { return }
        endWait()
      }
    } else if !isIdle {
      idleTimer?.cancel()
      idleTimer = nil
    }
  }

  private func endWait() {
    idleTimer = nil
    guard !waiters.isEmpty, handouts.isEmpty else { return }
    let error = log.explanation(for: options)
    let all = waiters
    waiters = []
    for waiter in all { waiter.continuation.resume(throwing: error) }
  }

  // MARK: Histories

  /// Puts an excerpt of a history before the next worker that asks for a task, and waits for its answer.
  ///
  /// - Parameter makeExcerpt: makes the excerpt, which depends on what the worker is written with.
  /// - Throws: ``VerificationError`` when no worker comes.
  func show(
    _ history: WorkflowHistory, _ makeExcerpt: @Sendable (WorkerIdentity) -> Excerpt
  ) async throws -> (answer: WorkerAnswer, worker: WorkerIdentity) {
    while true {
      let poll = try await takePoll()
      // The caller may have gone since.
      guard let worker = polls[poll]?.worker else { continue }
      let excerpt = makeExcerpt(worker)
      let execution = Temporal_Api_Common_V1_WorkflowExecution.with {
        $0.workflowID = history.workflowID ?? history.origin.name
        $0.runID = runID(for: history.runID)
      }
      return (try await handOut(excerpt, of: history, as: execution, to: poll, worker), worker)
    }
  }

  private func handOut(
    _ excerpt: Excerpt, of history: WorkflowHistory, as execution: Temporal_Api_Common_V1_WorkflowExecution,
    to poll: Int, _ worker: WorkerIdentity
  ) async throws -> WorkerAnswer {
    let token = "\(newID())"
    let timer = Task {
      guard (try? await clock.sleep(for: options.historyTimeout)) != nil else { return }
      settle(token, .none(after: options.historyTimeout, isStillThere: polls.values.contains { $0.worker == worker }))
    }
    defer { timer.cancel() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
        handouts[token] = Handout(excerpt: excerpt, execution: execution, continuation: continuation)
        watchIdleness()
        answerPoll(poll, response(to: worker, with: excerpt, of: history, as: execution, token: token))
      }
    } onCancel: {
      Task { await self.giveUp(handout: token) }
    }
  }

  private func giveUp(handout token: String) {
    handouts.removeValue(forKey: token)?.continuation.resume(throwing: CancellationError())
    watchIdleness()
  }

  private func response(
    to worker: WorkerIdentity, with excerpt: Excerpt, of history: WorkflowHistory,
    as execution: Temporal_Api_Common_V1_WorkflowExecution, token: String
  ) -> Polled {
    .with {
      $0.taskToken = Data(token.utf8)
      $0.workflowExecution = execution
      $0.workflowType.name = history.workflowTypeName ?? ""
      $0.previousStartedEventID = excerpt.previousStartedEventID
      $0.startedEventID = excerpt.startedEventID
      $0.attempt = 1
      let page = excerpt.page(from: 0, bytes: options.pageSize)
      $0.history.events = page.events
      if let next = page.next { $0.nextPageToken = Data("\(token)/\(next)".utf8) }
      if excerpt.isForQuery { $0.query.queryType = worker.sdk.queryType }
      $0.workflowExecutionTaskQueue = .with {
        $0.name = options.taskQueue
        $0.kind = .normal
      }
    }
  }

  /// Takes the answer to something that was handed out; false when nobody waits for it any more.
  @discardableResult
  func settle(_ token: String, _ answer: WorkerAnswer) -> Bool {
    guard let handout = handouts.removeValue(forKey: token) else { return false }
    handout.continuation.resume(returning: answer)
    watchIdleness()
    return true
  }
}
