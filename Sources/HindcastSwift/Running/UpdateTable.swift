import HindcastCore
import TemporalAPI

/// The updates of one run: who handles them, which run, and which wait for a handler.
struct UpdateTable {
  var handlers: [String: UpdateHandler] = [:]
  /// Updates that came before any handler was set, in the order of their arrival.
  private var queued: [(name: String, start: () -> Void)] = []
  /// Names by update id.
  var running: [String: String] = [:]

  mutating func queue(_ name: String, _ start: @escaping () -> Void) {
    queued.append((name, start))
  }

  /// Lets the updates start that waited for this handler.
  mutating func release(_ name: String) {
    let ready = queued.filter { $0.name == name }
    queued.removeAll { $0.name == name }
    for update in ready { update.start() }
  }

  /// Lets all waiting updates start, which rejects them, since nothing goes on by itself any more.
  /// - Returns: whether there were any.
  mutating func releaseQueued() -> Bool {
    let waiting = queued
    queued.removeAll()
    for update in waiting { update.start() }
    return !waiting.isEmpty
  }
}

/// What answers updates of one name.
struct UpdateHandler {
  /// Decodes the arguments.
  let prepare: (Temporal_Api_Common_V1_Payloads?) throws -> PreparedUpdate
}

/// An update whose arguments are decoded.
struct PreparedUpdate {
  /// Throws to reject the update.
  let validate: () throws -> Void
  let run: (WorkflowContext) async throws -> Temporal_Api_Common_V1_Payloads?
}

extension WorkflowHost {
  /// Starts an update, or keeps it until a handler can have been set. Source: sdk-go `defaultUpdateHandler`.
  func deliver(_ request: UpdateRequest) {
    let goesAhead = environment.tryUse(.priorityUpdateHandling)
    let start = { [self] in
      dispatcher.spawn(name: request.name, ahead: goesAhead) { await self.run(request, goesAhead: goesAhead) }
    }
    if updates.handlers.isEmpty && goesAhead {
      updates.queue(request.name, start)
    } else {
      start()
    }
  }

  private func run(_ request: UpdateRequest, goesAhead: Bool) async {
    if !goesAhead, read(false, { _ in updates.handlers.isEmpty }) {
      do {
        try await dispatcher.wait(for: "an update handler", at: nil) { true }
      } catch {
        return
      }
    }
    guard let prepared = prepare(request) else { return }
    read(()) { _ in updates.running[request.id] = request.name }
    command(otherwise: ()) { (environment) throws(TaskFailure) in try environment.acceptUpdate(request.id) }
    var outcome = Temporal_Api_Update_V1_Outcome()
    do {
      let payloads = try await prepared.run(context)
      outcome.success = payloads ?? Temporal_Api_Common_V1_Payloads()
    } catch {
      outcome.failure = FailureConverter.failure(for: error)
    }
    command(otherwise: ()) { (environment) throws(TaskFailure) in try environment.completeUpdate(request.id, outcome) }
    read(()) { _ in updates.running[request.id] = nil }
  }

  /// Decodes and validates; nil when the update was rejected.
  private func prepare(_ request: UpdateRequest) -> PreparedUpdate? {
    guard let handler = read(nil, { _ in updates.handlers[request.name] }) else {
      let known = read([]) { _ in updates.handlers.keys.sorted() }.joined(separator: " ")
      reject(request, ApplicationFailure("unknown update \(request.name). KnownUpdates=[\(known)]"))
      return nil
    }
    let prepared: PreparedUpdate
    do {
      prepared = try handler.prepare(request.arguments)
    } catch {
      reject(
        request,
        ApplicationFailure("unable to decode the input for update \"\(request.name)\": \(error)", cause: error))
      return nil
    }
    // An accepted update was valid when it was accepted, whatever a validator thinks today.
    guard !read(true, { $0.isReplaying }) else { return prepared }
    do {
      try lookOnly(prepared.validate)
      return prepared
    } catch {
      reject(request, error)
      return nil
    }
  }

  private func reject(_ request: UpdateRequest, _ error: any Error) {
    command(otherwise: ()) { (environment) throws(TaskFailure) in
      try environment.rejectUpdate(request.id, FailureConverter.failure(for: error))
    }
  }

  /// Runs code that may look at the run and not change it.
  /// - Throws: what it throws, or `ReadOnlyError` when it tried to change something.
  func lookOnly<Answer>(_ body: () throws -> Answer) throws -> Answer {
    read(()) { _ in
      isReadOnly = true
      hasBrokenReadOnly = false
    }
    defer { read(()) { _ in isReadOnly = false } }
    let answer = try body()
    if read(false, { _ in hasBrokenReadOnly }) { throw ReadOnlyError() }
    return answer
  }
}

/// A query handler or a validator used something of the context that changes the run.
struct ReadOnlyError: Error, CustomStringConvertible {
  var description: String {
    "query handlers and validators must not change the workflow: no commands, no waiting, no new coroutines"
  }
}
