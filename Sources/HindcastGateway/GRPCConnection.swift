#if GRPC
public import HindcastCalls
public import SwiftProtobuf
public import TemporalServiceAPI

/// A connection to a Temporal server over gRPC.
///
/// It keeps itself up: after a loss the next call connects again. End it with ``close(grace:)``.
public final class GRPCConnection: ServiceConnection, CustomReflectable {
  /// The server at the other end.
  public let address: ServerAddress
  /// What the server said about itself when the connection was made.
  public let system: Temporal_Api_Workflowservice_V1_GetSystemInfoResponse

  private let transport: GRPCTransport
  private let options: GRPCConnectionOptions

  private init(
    transport: GRPCTransport, options: GRPCConnectionOptions,
    system: Temporal_Api_Workflowservice_V1_GetSystemInfoResponse
  ) {
    self.address = transport.address
    self.transport = transport
    self.options = options
    self.system = system
  }

  deinit {
    transport.stop()
  }

  /// Connects to a server and asks what it is; a server that is just starting is waited for.
  ///
  /// - Throws: ``ConnectionFailure`` when no Temporal server answers within ``GRPCConnectionOptions/connectTimeout``,
  ///   `CancellationError` when the calling task was cancelled.
  public static func connect(
    to address: ServerAddress, options: GRPCConnectionOptions = GRPCConnectionOptions()
  ) async throws -> GRPCConnection {
    let transport = try GRPCTransport(to: address, options: options)
    do {
      let system = try await transport.firstAnswer(within: options.connectTimeout)
      return GRPCConnection(transport: transport, options: options, system: system)
    } catch {
      transport.stop()
      throw error
    }
  }

  /// Sends one request and waits for its answer, trying again as ``GRPCConnectionOptions/retry`` says.
  ///
  /// When time runs out between two tries, the error of the last one is thrown: it says more than the time does.
  ///
  /// - Throws: As ``ServiceConnection/call(_:_:timeout:)`` says.
  public func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    let clock = ContinuousClock()
    let deadline = clock.now + (timeout ?? method.patience.timeout)
    var attempts = 0
    while true {
      do {
        return try await transport.call(method, request, timeout: deadline - clock.now)
      } catch let error as ServiceError {
        attempts += 1
        guard !transport.isStopped,
          let pause = options.retry.pause(after: error, attempts: attempts, random: options.random()),
          clock.now + pause < deadline
        else { throw error }
        try await clock.sleep(for: pause)
      }
    }
  }

  /// Only where it leads: what goes over the wire, keys among it, is nothing to show.
  public var customMirror: Mirror { Mirror(self, children: ["address": address]) }

  /// Ends the connection: calls under way may finish, new ones fail.
  ///
  /// - Parameter grace: How long calls under way have; then they are cancelled. Long polls do not end by themselves, so
  ///   cancel their tasks before.
  public func close(grace: Duration = .seconds(5)) async {
    await transport.close(grace: grace)
  }
}
#endif
