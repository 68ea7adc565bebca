internal import HindcastCalls

/// Fetches tasks from a queue with several polls at a time and hands them on.
struct TaskPoller<Polled: Sendable>: Sendable {
  /// What is polled for, for log lines: `workflow` or `activity`.
  let kind: String
  let configuration: WorkerConfiguration
  let pollers: Int
  let slots: TaskSlots
  /// One long poll; `nil` when it ended without a task.
  let poll: @Sendable () async throws -> Polled?
  /// Works a task to its end, answer included.
  let work: @Sendable (Polled) async -> Void

  /// Polls until the calling task is cancelled, or until the slots are closed and the last poll has come back.
  ///
  /// - Throws: ``ServiceError`` when the service refuses polls for a reason that waiting does not change.
  func run() async throws {
    // Pollers that wait for a slot notice neither a cancellation nor the end of the others by themselves.
    try await withTaskCancellationHandler {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<max(1, pollers) { group.addTask { try await pollRepeatedly() } }
        // The first poller that gives up takes the others with it.
        var failure: (any Error)?
        while let result = await group.nextResult() {
          guard case .failure(let error) = result, failure == nil else { continue }
          failure = error
          await slots.close()
          group.cancelAll()
        }
        if let failure { throw failure }
      }
    } onCancel: {
      Task { await slots.close() }
    }
  }

  private func pollRepeatedly() async throws {
    while !Task.isCancelled, await slots.take() {
      do {
        if let task = try await measuredPoll() {
          start(task)
          continue
        }
      } catch is CancellationError {
        await slots.release()
        return
      } catch {
        await slots.release()
        try await recover(from: error)
        continue
      }
      await slots.release()
    }
  }

  private func measuredPoll() async throws -> Polled? {
    let measures = configuration.measures
    let tags = MetricTags(taskQueue: configuration.taskQueue, more: ["poller_type": kind + "_task"])
    measures.add(1, to: .pollers, tags)
    defer { measures.add(-1, to: .pollers, tags) }
    return try await poll()
  }

  /// Works a task whatever becomes of the poller: a task that was taken is answered even while the worker stops.
  private func start(_ task: Polled) {
    Task.detached {
      await work(task)
      await slots.release()
    }
  }

  private func recover(from error: any Error) async throws {
    if let error = error as? ServiceError {
      // A long poll that nobody answered in time is no fault.
      if error.code == .deadlineExceeded || error.code == .cancelled { return }
      if error.isLasting { throw error }
    }
    configuration.log(
      WorkerLogLine(
        .warning, "a poll failed and is repeated",
        [.init("kind", kind), .init("taskQueue", configuration.taskQueue), .init("error", "\(error)")]))
    try? await Task.sleep(for: configuration.pauseAfterFailedPoll)
  }
}

extension ServiceError {
  /// Whether the service would answer the same request the same way at any time.
  fileprivate var isLasting: Bool {
    switch code {
    case .invalidArgument, .notFound, .permissionDenied, .unauthenticated, .unimplemented, .failedPrecondition: true
    default: false
    }
  }
}
