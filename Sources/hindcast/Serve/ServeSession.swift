#if GRPC && Server
import Foundation
import HindcastCalls
import HindcastEndpoint
import HindcastGateway
import HindcastReport
import HindcastServer
import HindcastService

/// One call of `hindcast serve` under way: the service, its front and the signals that end them.
struct ServeSession {
  let service: TemporalService
  let options: GRPCFrontOptions
  /// Where the data is, in words.
  let database: String
  let namespaces: [String]
  /// The pages about the service, if they are wanted.
  let pages: PageServer?

  /// Serves until a signal comes.
  func run(in console: Console) async throws -> ExitStatus {
    let front = GRPCFront(options) { [service] call in
      try await service.call(
        MethodName(service: call.service, name: call.method), encoded: call.request, timeout: call.timeout,
        clientName: call.clientName, clientVersion: call.clientVersion)
    }
    let stop = AsyncStream.makeStream(of: Void.self)
    let signals = StopSignals {
      front.stop()
      stop.continuation.finish()
    }
    defer { signals.ignore() }
    let serving = Task { try await front.serve() }
    let closing = Task {
      for await _ in stop.stream {}
      // Calls that wait are told, so that nobody holds up the end.
      try await service.close()
      try? await Task.sleep(for: Self.patience)
      serving.cancel()
    }
    let browsing: HTTPEndpoint?
    do {
      let address = try await front.address
      browsing = try await pages?.listen()
      let place = browsing.map { ", pages: \($0.url)" } ?? ""
      try console.output.write(
        "hindcast serves \(namespaces.joined(separator: ", ")) at \(address), database: \(database)\(place)\n")
    } catch {
      stop.continuation.finish()
      serving.cancel()
      // What kept it from listening says more than that it does not listen.
      try await serving.value
      throw error
    }
    let served = await serving.result
    await browsing?.close()
    stop.continuation.finish()
    closing.cancel()
    try await closing.value
    try served.get()
    return .success
  }

  /// How long callers have at the end to read their answers.
  private static let patience = Duration.seconds(2)
}
#endif
