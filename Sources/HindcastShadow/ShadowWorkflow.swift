internal import Foundation
internal import HindcastCore
internal import HindcastFetch
internal import HindcastHistory
public import HindcastSwift

/// The workflow `hindcast.shadow`: lists runs page by page and hands them in batches to whichever workers there are.
public enum ShadowWorkflow {
  /// The workflow as workers register it.
  public static var code: SwiftWorkflows {
    SwiftWorkflows().workflow(ShadowNames.workflow) {
      (context, request: ShadowRequest, carried: ShadowState?) async throws -> ShadowResult in
      try await ShadowRun(context, request, carried).run()
    }
  }
}

/// What one run of the workflow leaves to the next.
struct ShadowState: Sendable, Codable {
  var result = ShadowResult()
  /// Where the next page begins.
  var token: [UInt8] = []
  /// When the first run began, in seconds since 1970.
  var start: Double
  /// When the present pass through the list began.
  var passStart: Double
  /// When the pass before began; nil in the first.
  var since: Double?
  /// The runs of the last page: those that newer ones pushed onto the next are not to count twice.
  var lastPage: [String] = []
  /// Runs of this pass that ended after it began, or little before: the next pass finds them again.
  var recent: [String] = []
  /// Those of the pass before.
  var recentBefore: [String] = []
}

/// One run of the workflow.
private final class ShadowRun {
  private let context: WorkflowContext
  private let request: ShadowRequest
  private var state: ShadowState
  private var running: [(future: WorkflowFuture<BatchResult>, runs: [RunKey])] = []
  private var handedOut = 0

  /// Small enough for the events that carry it to stay small.
  private static let pageLimit = 500

  init(_ context: WorkflowContext, _ request: ShadowRequest, _ carried: ShadowState?) {
    self.context = context
    self.request = request
    let now = context.now.timeIntervalSince1970
    state = carried ?? ShadowState(start: now, passStart: now)
  }

  func run() async throws -> ShadowResult {
    context.setQueryHandler(ShadowNames.progress) { [self] in state.result }
    do {
      while true {
        if let ending { return try await finish(ending) }
        try await replayPage()
        if state.token.isEmpty {
          try await drain()
          state.result.passes += 1
          if let ending { return try await finish(ending) }
          guard let pause = request.repeatAfter else { return try await finish(.exhausted) }
          try await rest(pause)
        }
        if handedOut >= request.batchesPerRun || context.info.continueAsNewSuggested {
          try await drain()
          throw ContinueAsNewError(ShadowNames.workflow, request, state)
        }
      }
    } catch is CanceledFailure {
      throw CanceledFailure("the shadow was cancelled", details: try await resultOfCancelled())
    }
  }

  /// Whether enough was seen.
  private var ending: ShadowResult.Ending? {
    if let enough = request.stopAfterFailures, state.result.tally.failed >= enough { return .failures }
    if let limit = request.limit, state.result.listed >= limit { return .limit }
    if let limit = request.timeLimit, context.now.timeIntervalSince1970 - state.start >= limit { return .time }
    return nil
  }

  private func finish(_ ending: ShadowResult.Ending) async throws -> ShadowResult {
    try await drain()
    state.result.ending = ending
    return state.result
  }

  // MARK: Lists

  private func replayPage() async throws {
    let page: ListPage = try await context.executeActivity(
      ShadowNames.list,
      ListInput(
        namespace: request.namespace, query: request.query(since: state.since),
        pageSize: min(Self.pageLimit, max(1, request.batch) * max(1, request.concurrency)), sample: request.sample,
        limit: request.limit.map { $0 - state.result.listed }, token: state.token,
        recentSince: state.passStart - ShadowRequest.visibilityDelay),
      options: ActivityOptions(
        startToCloseTimeout: .seconds(60), retryPolicy: RetryPolicy(maximumInterval: .seconds(30), maximumAttempts: 20),
        summary: "page of the list"))
    state.token = page.next ?? []
    let known = Set(state.lastPage).union(state.recentBefore)
    let runs = page.runs.filter { !known.contains($0.runID) }
    state.lastPage = page.runs.map(\.runID)
    if request.repeatAfter != nil { state.recent += page.recent }
    state.result.listed += runs.count
    for start in stride(from: 0, to: runs.count, by: max(1, request.batch)) {
      while running.count >= max(1, request.concurrency) { try await settle() }
      // What was listed and is not replayed does not count.
      if let enough = request.stopAfterFailures, state.result.tally.failed >= enough {
        state.result.listed -= runs.count - start
        return
      }
      handOut(Array(runs[start..<min(runs.count, start + max(1, request.batch))]))
    }
  }

  /// Waits until it is time to read the list again, from its beginning.
  private func rest(_ seconds: Double) async throws {
    let left = request.timeLimit.map { state.start + $0 - context.now.timeIntervalSince1970 } ?? seconds
    try await context.sleep(for: .milliseconds(Int64(max(0, min(seconds, left)) * 1000)))
    state.since = state.passStart
    state.passStart = context.now.timeIntervalSince1970
    state.lastPage = []
    state.recentBefore = state.recent
    state.recent = []
  }

  // MARK: Batches

  private func handOut(_ runs: [RunKey]) {
    handedOut += 1
    let future: WorkflowFuture<BatchResult> = context.startActivity(
      ShadowNames.replay, BatchInput(namespace: request.namespace, runs: runs, isStrict: request.isStrict),
      options: ActivityOptions(
        startToCloseTimeout: .seconds(3600),
        heartbeatTimeout: .milliseconds(Int64(request.heartbeatTimeout * 1000)), waitsForCancellation: true,
        retryPolicy: RetryPolicy(maximumInterval: .seconds(30), maximumAttempts: 10), disablesEagerExecution: true,
        summary: "\(runs.count) histories"))
    running.append((future, runs))
  }

  /// Waits until a batch is done.
  private func settle() async throws {
    try await context.condition { [self] in running.contains { $0.future.isReady } }
    try await takeReady()
  }

  private func takeReady() async throws {
    let ready = running.filter { $0.future.isReady }
    running.removeAll { $0.future.isReady }
    for (future, runs) in ready {
      do {
        state.result.add(try await future.get())
      } catch let canceled as CanceledFailure {
        take(canceled)
      } catch let failure as ActivityFailure {
        if let canceled = failure.cause as? CanceledFailure {
          take(canceled)
        } else {
          let reason = failure.cause.map { "\($0)" } ?? "\(failure)"
          state.result.lost.append(.init(runs: runs.count, first: runs.first, reason: reason))
        }
      }
    }
  }

  /// A worker that is told to stop says how far it came.
  private func take(_ canceled: CanceledFailure) {
    guard let details = canceled.details, let batch = try? PayloadConverter.decode(BatchResult.self, from: details)
    else { return }
    state.result.add(batch)
  }

  private func drain() async throws {
    while !running.isEmpty { try await settle() }
  }

  /// What is known when somebody cancelled the workflow, and with it the batches.
  private func resultOfCancelled() async throws -> Payloads {
    let context = context.disconnected()
    while !running.isEmpty {
      try await context.condition { [self] in running.contains { $0.future.isReady } }
      try await takeReady()
    }
    state.result.ending = .cancelled
    return try PayloadConverter.payloads(state.result)
  }
}
