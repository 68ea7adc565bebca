internal import Foundation
internal import HindcastApp
internal import HindcastCalls
internal import HindcastHistory
internal import HindcastServer
internal import HindcastService
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// A recorded run once more: what came to it comes again, between the same workflow tasks.

extension TestEnvironment {
  func play(_ scenario: RecordedScenario) async throws -> WorkflowHistory {
    let play = RecordedPlay(scenario.script, workflowID: scenario.workflowID)
    self.play = play
    defer { self.play = nil }
    let custom = scenario.script.searchAttributes
    // Where the server has them already, or cannot have them, the start tells.
    if !custom.isEmpty { try? await addSearchAttributes(custom) }
    for peer in scenario.script.peers where peer != scenario.workflowID { try await startPeer(peer) }
    let runID = try await start(scenario)
    play.begin(runID: runID)
    noteStart(of: scenario.workflowID)
    let recorded = try await exclusively {
      let player = RecordedPlayer(run: run(workflowID: scenario.workflowID, runID: runID), play: play)
      try await deliver(scenario, to: player)
      return try await history(workflowID: scenario.workflowID, runID: runID)
    }
    for call in unansweredCalls { await service.abandon(call) }
    unansweredCalls = []
    return recorded
  }

  /// The run that is played.
  struct RecordedPlayer {
    var run: TestRun
    var play: RecordedPlay
  }

  private func deliver(_ scenario: RecordedScenario, to player: RecordedPlayer) async throws {
    var last = scenario.startTime
    var batches = scenario.script.batches
    // The signal of a signal-with-start has come with the start.
    if scenario.signalOfStart != nil { batches[0].removeFirst() }
    for (task, batch) in batches.enumerated() {
      for (position, delivery) in batch.enumerated() {
        // What one workflow task saw comes before any is worked; so does what came before the first.
        let isFollowing = position > 0 || task == 0
        if !isFollowing { try await workPlayed() }
        if try await isOver(player) { return }
        try await deliver(delivery, after: max(0, delivery.time &- last), isFollowing, to: player)
        last = delivery.time
      }
    }
    try await workPlayed()
    guard scenario.isClosed else { return }
    while try await !isOver(player) {
      guard let due = await nextDue() else { throw try await stuck(player.run.workflowID, player.run.firstRunID) }
      try await move(to: due)
      try await workPlayed()
    }
  }

  /// Works all tasks that there are now, unless the code goes on and on.
  private func workPlayed() async throws {
    playedTasks += 1 + (try await workAll())
    if playedTasks > options.maximumTasks { throw await endless(lastWorkflowID) }
  }

  private func isOver(_ player: RecordedPlayer) async throws -> Bool {
    try await closeEvent(player.run.workflowID, player.run.firstRunID) != nil
  }

  // MARK: Starting

  private func start(_ scenario: RecordedScenario) async throws -> String {
    let request = startRequest(scenario)
    return try await refusing {
      guard let signal = scenario.signalOfStart else {
        return try await service.call(WorkflowService.startWorkflowExecution, request).runID
      }
      let input = signal.hasInput ? signal.input : nil
      return try await service.call(
        WorkflowService.signalWithStartWorkflowExecution,
        .init(starting: request, signal: signal.signalName, input: input)
      ).runID
    }
  }

  private func startRequest(
    _ scenario: RecordedScenario
  ) -> Temporal_Api_Workflowservice_V1_StartWorkflowExecutionRequest {
    let started = scenario.started
    let requestID = nextRequestID()
    return .with {
      $0.namespace = options.namespace
      $0.workflowID = scenario.workflowID
      $0.workflowType = started.workflowType
      $0.taskQueue.name = taskQueue(for: scenario.workflowType)
      $0.taskQueue.kind = .normal
      if started.hasInput { $0.input = started.input }
      if started.hasHeader { $0.header = started.header }
      // A timeout of zero is none, but the server writes it down where a client says so.
      if started.hasWorkflowExecutionTimeout { $0.workflowExecutionTimeout = started.workflowExecutionTimeout }
      if started.hasWorkflowRunTimeout { $0.workflowRunTimeout = started.workflowRunTimeout }
      if started.hasWorkflowTaskTimeout { $0.workflowTaskTimeout = started.workflowTaskTimeout }
      if started.hasRetryPolicy { $0.retryPolicy = started.retryPolicy }
      if started.hasMemo, !started.memo.fields.isEmpty { $0.memo = started.memo }
      if !started.searchAttributes.indexedFields.isEmpty { $0.searchAttributes = started.searchAttributes }
      $0.cronSchedule = started.cronSchedule
      if started.cronSchedule.isEmpty, started.firstWorkflowTaskBackoff.isSet {
        $0.workflowStartDelay = started.firstWorkflowTaskBackoff
      }
      if started.hasPriority { $0.priority = started.priority }
      $0.identity = "test"
      $0.requestID = requestID
    }
  }

  /// Starts a workflow that does nothing but take the signals of the recorded one.
  private func startPeer(_ workflowID: String) async throws {
    let requestID = nextRequestID()
    _ = try await refusing {
      try await service.call(
        WorkflowService.startWorkflowExecution,
        .with {
          $0.namespace = options.namespace
          $0.workflowID = workflowID
          $0.workflowType.name = "recorded-peer"
          // Nobody polls it.
          $0.taskQueue.name = "recorded-peers"
          $0.taskQueue.kind = .normal
          $0.identity = "test"
          $0.requestID = requestID
        })
    }
  }

  // MARK: Deliveries

  /// - Parameters:
  ///   - delay: how long after the delivery before it came, in nanoseconds.
  ///   - isFollowing: whether it comes before the next workflow task, together with the one before.
  private func deliver(
    _ delivery: RecordedDelivery, after delay: Int64, _ isFollowing: Bool, to player: RecordedPlayer
  ) async throws {
    switch delivery.kind {
    case .natural(let type, let count):
      return try await waitFor(type, count, within: delay, player)
    case .activity(let part):
      try await waitUntil(within: isFollowing ? 0 : delay) { player.play.isWaiting(part) }
      player.play.release(part)
      try await settleActivities()
    case .child(let part):
      try await waitUntil(within: isFollowing ? 0 : delay) { player.play.openChild(part) != nil }
      try await end(part, player)
    case .signal(let signaled):
      if !isFollowing { try await elapse(delay) }
      try await signal(player.run.workflowID, signaled)
    case .cancelRequest(let reason):
      if !isFollowing { try await elapse(delay) }
      try await player.run.cancel(reason: reason)
    case .termination(let reason, let details):
      if !isFollowing { try await elapse(delay) }
      try await terminate(player.run.workflowID, reason, details)
    case .update(let update):
      if !isFollowing { try await elapse(delay) }
      try await send(update, to: player.run.workflowID)
    }
  }

  /// Lets time pass, but not so much that the server does something: in the recording it did not.
  private func elapse(_ delay: Int64) async throws {
    let end = now.addingReportingOverflow(delay)
    let target = end.overflow ? Int64.max : end.partialValue
    while true {
      let due = await service.nextDue?.nanoseconds ?? .max
      let limit = due > target ? target : max(now, due - 1_000_000)
      guard let wake = stage.nextWake, wake <= limit else {
        if limit > now { try await move(to: limit) }
        return
      }
      try await move(to: wake)
      try await workPlayed()
    }
  }

  /// Waits until the code has come so far, in the time that the recording allows, and then for the rest of that time.
  private func waitUntil(within delay: Int64, _ isThere: () -> Bool) async throws {
    let end = now.addingReportingOverflow(delay)
    let target = end.overflow ? Int64.max : end.partialValue
    while !isThere() {
      guard let due = await nextDue(), due <= target else { break }
      try await move(to: due)
      try await workPlayed()
    }
    if target > now, isThere() { try await elapse(target - now) }
  }

  /// Waits for an event that comes by itself; not much longer than it took, so that changed code is not waited for in vain.
  private func waitFor(_ type: EventType, _ count: Int, within delay: Int64, _ player: RecordedPlayer) async throws {
    let end = now.addingReportingOverflow(delay)
    let target = end.overflow ? Int64.max : end.partialValue
    while true {
      let events = try await events(player.run.workflowID, player.run.firstRunID)
      if events.count(where: { $0.eventType == type }) >= count { return }
      guard let due = await nextDue(), due <= target else { return }
      try await move(to: due)
      // What shares a workflow task with it comes before that is worked.
      let after = try await self.events(player.run.workflowID, player.run.firstRunID)
      if after.count(where: { $0.eventType == type }) >= count { return }
      try await workPlayed()
    }
  }

  private func signal(
    _ workflowID: String, _ signaled: Temporal_Api_History_V1_WorkflowExecutionSignaledEventAttributes
  ) async throws {
    let requestID = nextRequestID()
    _ = try await refusing {
      try await service.call(
        WorkflowService.signalWorkflowExecution,
        .with {
          $0.namespace = options.namespace
          $0.workflowExecution.workflowID = workflowID
          $0.signalName = signaled.signalName
          if signaled.hasInput { $0.input = signaled.input }
          if signaled.hasHeader { $0.header = signaled.header }
          $0.identity = "test"
          $0.requestID = requestID
        })
    }
  }

  private func terminate(_ workflowID: String, _ reason: String, _ details: Payloads?) async throws {
    _ = try await refusing {
      try await service.call(
        WorkflowService.terminateWorkflowExecution,
        .with {
          $0.namespace = options.namespace
          $0.workflowExecution.workflowID = workflowID
          $0.reason = reason
          if let details { $0.details = details }
          $0.identity = "test"
        })
    }
  }

  /// Sends an update without waiting for what comes of it.
  private func send(_ update: Temporal_Api_Update_V1_Request, to workflowID: String) async throws {
    let call = await service.begin(
      WorkflowService.updateWorkflowExecution,
      .with {
        $0.namespace = options.namespace
        $0.workflowExecution.workflowID = workflowID
        $0.waitPolicy.lifecycleStage = .accepted
        $0.request = update
        $0.request.meta.identity = "test"
      })
    // A refusal is the code's business: it shows in the history.
    let isAnswered = (try? await service.takeAnswer(to: call)) ?? nil
    if isAnswered == nil { unansweredCalls.append(call) }
  }

  /// Ends a child, as far as it can without the parent working a task.
  private func end(_ part: RecordedPart, _ player: RecordedPlayer) async throws {
    guard let child = player.play.releaseChild(part) else { return }
    if child.isTerminated { return try await terminate(child.workflowID, "recorded", nil) }
    // Any signal wakes it.
    try await signal(child.workflowID, .with { $0.signalName = "recorded" })
    var steps = 0
    while player.play.openChild(part) != nil, steps < 100, try await step() != nil { steps += 1 }
  }

  /// Answers the workflow task of a child that the recording has; false for any other task.
  func answersForRecordedChild(
    _ polled: Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse, as identity: String
  ) async throws -> Bool {
    guard let commands = play?.commands(for: polled) else { return false }
    _ = try await service.call(
      WorkflowService.respondWorkflowTaskCompleted,
      .with {
        $0.taskToken = polled.taskToken
        $0.commands = commands
        $0.identity = identity
        $0.namespace = options.namespace
      })
    return true
  }
}

extension RecordedScenario {
  /// The signal that came with the start.
  var signalOfStart: Temporal_Api_History_V1_WorkflowExecutionSignaledEventAttributes? {
    guard isStartedBySignal, case .signal(let signaled)? = script.batches.first?.first?.kind else { return nil }
    return signaled
  }
}

extension Google_Protobuf_Duration {
  /// Whether it says anything.
  fileprivate var isSet: Bool { seconds > 0 || nanos > 0 }
}
