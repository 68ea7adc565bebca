#if GRPC
private import NIOCore
private import NIOPosix
private import Synchronization

/// Takes the calls of Temporal's clients and workers over gRPC and hands them on, encoded as they are.
///
/// It knows no methods: whatever the handler answers exists, so a service with another method needs nothing here. What it
/// answers itself is about itself: `grpc.health.v1.Health` and `grpc.reflection.v1.ServerReflection`.
public final class GRPCFront: Sendable {
  private let calls: FrontCalls
  private let state = Mutex(State.idle([]))

  private enum State {
    /// Not listening yet, and who waits for it to.
    case idle([CheckedContinuation<ServerAddress, any Error>])
    case listening(FrontListener)
    case ended(any Error)
  }

  /// Makes a front; it listens when ``serve()`` is called.
  public init(_ options: GRPCFrontOptions = GRPCFrontOptions(), handler: @escaping IncomingCallHandler) {
    calls = FrontCalls(options: options, health: FrontHealth(services: options.services), handler: handler)
  }

  /// Takes calls until ``stop()``, then until those under way are answered; cancelling the calling task ends them at once.
  ///
  /// The handler's tasks run on the thread of the connections, and so do actors that it calls: a service whose work is short
  /// answers without a change of threads.
  ///
  /// - Throws: ``FrontFailure`` when the port cannot be listened at, or a certificate cannot be used.
  public func serve() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let listener = try await FrontListener(calls, on: group)
      if began(listener) {
        await withTaskCancellationHandler {
          await listener.untilClosed()
        } onCancel: {
          listener.close()
        }
      }
      end(FrontFailure(description: "the server has stopped"))
    } catch {
      let failure = FrontFailure(error, calls.options)
      end(failure)
      try? await group.shutdownGracefully()
      throw failure
    }
    try? await group.shutdownGracefully()
  }

  /// - Returns: `false` if it was stopped before.
  private func began(_ listener: FrontListener) -> Bool {
    let waiting = state.withLock { state -> [CheckedContinuation<ServerAddress, any Error>]? in
      guard case .idle(let waiting) = state else { return nil }
      state = .listening(listener)
      return waiting
    }
    for continuation in waiting ?? [] { continuation.resume(returning: address(of: listener)) }
    if waiting == nil { listener.close() }
    return waiting != nil
  }

  private func end(_ error: any Error) {
    let waiting = state.withLock { state -> [CheckedContinuation<ServerAddress, any Error>] in
      defer { state = .ended(error) }
      if case .idle(let waiting) = state { return waiting }
      return []
    }
    for continuation in waiting { continuation.resume(throwing: error) }
  }

  /// Where it listens; waits until it does.
  ///
  /// - Throws: When it does not come to listen.
  public var address: ServerAddress {
    get async throws {
      try await withCheckedThrowingContinuation { continuation in
        let result = state.withLock { state -> Result<ServerAddress, any Error>? in
          switch state {
          case .idle(let waiting):
            state = .idle(waiting + [continuation])
            return nil
          case .listening(let listener): return .success(address(of: listener))
          case .ended(let error): return .failure(error)
          }
        }
        if let result { continuation.resume(with: result) }
      }
    }
  }

  private func address(of listener: FrontListener) -> ServerAddress {
    ServerAddress(host: calls.options.host, port: listener.port ?? calls.options.port)
  }

  /// Takes no more calls.
  public func stop() {
    calls.health.stop()
    let listener = state.withLock { state -> FrontListener? in
      if case .listening(let listener) = state { return listener }
      return nil
    }
    if let listener { listener.quiesce() } else { end(FrontFailure(description: "the server was stopped")) }
  }
}
#endif
