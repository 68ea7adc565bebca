internal import Foundation
public import HindcastCalls
internal import HindcastHistory
public import HindcastServer
public import SwiftProtobuf
internal import TemporalAPI

/// Where a service's time comes from.
public enum ServiceClock: Sendable {
  /// The machine's clock.
  case real
  /// A clock that only moves when it is told to, with ``TemporalService/advance(to:)``.
  case virtual(start: ServerTime)
}

/// A Temporal service in this process: the server, its store and its clock.
public actor TemporalService: ServiceConnection {
  private var machine: ServerMachine
  private var archive = MemoryArchive()
  private var lastCall: UInt64 = 0
  private var waiting: [CallID: CheckedContinuation<any Message, any Error>] = [:]
  private var alarm: Task<Void, Never>?

  private var begun: [CallID: Result<any Message, ServiceError>?] = [:]
  private var virtualTime: ServerTime?

  /// A service with nothing in it.
  public init(seed: UInt64, clock: ServiceClock = .real) {
    machine = ServerMachine(seed: seed)
    if case .virtual(let start) = clock { virtualTime = start }
  }

  // MARK: Time

  /// The service's time.
  public var currentTime: ServerTime { now }

  /// When something is due next; `nil` when nothing is.
  public var nextDue: ServerTime? { machine.nextDue }

  /// Moves a virtual clock; what becomes due by then happens now.
  public func advance(to time: ServerTime) {
    guard let present = virtualTime else { return }
    virtualTime = max(present, time)
    ring()
  }

  // MARK: Calls

  /// Sends a request and waits for its answer.
  public nonisolated func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    let response = try await call(
      MethodName(method), request, timeout: timeout ?? method.patience.timeout, clientName: "")
    guard let response = response as? Response else {
      throw ServiceError(.internal, "the answer is no \(Response.self)", method: method.name)
    }
    return response
  }

  /// Sends a request of any method.
  public func call(
    _ method: MethodName, _ request: any Message, timeout: Duration, clientName: String
  ) async throws -> any Message {
    lastCall += 1
    let call = Call(id: CallID(lastCall), clientName: clientName, timeout: timeout)
    let turn = machine.handle(request, of: method, as: call, at: now, reading: archive)
    if let own = turn.replies.first(where: { $0.call == call.id }) {
      take(turn)
      return try own.result.get()
    }
    if timeout <= .zero {
      // Whoever does not wait at all gets what there is.
      let late = machine.expire(call.id, at: now, reading: archive)
      take(turn)
      take(late)
      guard let own = late.replies.first(where: { $0.call == call.id }) else {
        throw ServiceError(.deadlineExceeded, "nothing came in time", method: method.name)
      }
      return try own.result.get()
    }
    // The call is abandoned when its task is cancelled, and ends without news a little before its caller would give up.
    let impatience = Task {
      try await Task.sleep(for: timeout - min(timeout / 10, .milliseconds(500)))
      self.expire(call.id)
    }
    defer { impatience.cancel() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        if Task.isCancelled {
          machine.abandon(call.id)
          take(turn)
          continuation.resume(throwing: CancellationError())
          return
        }
        waiting[call.id] = continuation
        take(turn)
      }
    } onCancel: {
      Task { await self.abandon(call.id) }
    }
  }

  /// Makes a call and does not wait for its answer; ``takeAnswer(to:)`` gives it when it has come.
  public func begin<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request
  ) -> CallID {
    lastCall += 1
    let call = Call(id: CallID(lastCall))
    begun[call.id] = .some(nil)
    take(machine.handle(request, of: MethodName(method), as: call, at: now, reading: archive))
    return call.id
  }

  /// The answer to a call that was begun; `nil` while it waits.
  public func takeAnswer(to call: CallID) throws -> (any Message)? {
    guard let answer = begun[call] ?? nil else { return nil }
    begun[call] = nil
    return try answer.get()
  }

  /// Gives up a call that was begun.
  public func abandon(_ call: CallID) {
    begun[call] = nil
    machine.abandon(call)
    waiting.removeValue(forKey: call)?.resume(throwing: CancellationError())
  }

  private func expire(_ call: CallID) {
    guard waiting[call] != nil else { return }
    take(machine.expire(call, at: now, reading: archive))
  }

  private func take(_ turn: Turn) {
    archive.store(turn.writes)
    for reply in turn.replies where begun[reply.call] != nil { begun[reply.call] = reply.result }
    for reply in turn.replies { waiting.removeValue(forKey: reply.call)?.resume(with: reply.result.mapError { $0 }) }
    alarm?.cancel()
    guard virtualTime == nil, let due = machine.nextDue else { return }
    let pause = due - now
    alarm = Task {
      do {
        if pause > .zero { try await Task.sleep(for: pause) }
        self.ring()
      } catch {
        // Another alarm was set.
      }
    }
  }

  private func ring() { take(machine.advance(to: now, reading: archive)) }

  private var now: ServerTime {
    if let virtualTime { return virtualTime }
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return ServerTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}

private struct MemoryArchive: HistoryArchive {
  private var histories: [String: [[HistoryEvent]]] = [:]

  mutating func store(_ writes: [Write]) {
    for write in writes {
      switch write {
      case .events(let batch, let run): histories[run, default: []].append(batch.events)
      case .removeHistory(let run): histories[run] = nil
      case .record: break
      }
    }
  }

  func batches(ofRun runID: String, from eventID: Int64, limit: Int) throws(ServiceError) -> [[HistoryEvent]] {
    Array(histories[runID, default: []].from(eventID).prefix(limit))
  }

  func batches(ofRun runID: String, before eventID: Int64, limit: Int) throws(ServiceError) -> [[HistoryEvent]] {
    Array(histories[runID, default: []].before(eventID).prefix(limit))
  }
}
