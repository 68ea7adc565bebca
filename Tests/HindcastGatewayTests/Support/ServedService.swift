#if GRPC
import HindcastGateway
import HindcastServer
import HindcastService

/// A service of this process at a free port, for as long as a test runs.
final class ServedService: Sendable {
  let service: TemporalService
  let address: ServerAddress
  let front: GRPCFront
  let serving: Task<Void, any Error>

  init(
    _ service: TemporalService = TemporalService(seed: 1), configure: (inout GRPCFrontOptions) -> Void = { _ in }
  ) async throws {
    var options = GRPCFrontOptions()
    options.port = 0
    configure(&options)
    let front = GRPCFront(options) { call in
      try await service.call(
        MethodName(service: call.service, name: call.method), encoded: call.request, timeout: call.timeout,
        clientName: call.clientName, clientVersion: call.clientVersion)
    }
    self.service = service
    self.front = front
    serving = Task { try await front.serve() }
    address = try await front.address
  }

  /// Ends both, the service first: what waits for it is answered.
  func stop() async throws {
    front.stop()
    try await service.close()
    serving.cancel()
    _ = await serving.result
  }
}
#endif
