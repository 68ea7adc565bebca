#if GRPC
internal import Foundation
internal import GRPCCore
private import GRPCNIOTransportCore
internal import GRPCNIOTransportHTTP2Posix
private import GRPCProtobuf
internal import HindcastCalls
private import SwiftProtobuf
private import TemporalServiceAPI

/// One call under way: reads its request, has it answered and writes the answer.
struct FrontStream: Sendable {
  typealias Transport = HTTP2ServerTransport.Posix
  typealias Stream = RPCStream<Transport.Inbound, Transport.Outbound>

  private let stream: Stream
  private let options: GRPCFrontOptions
  private let health: FrontHealth
  private let handler: IncomingCallHandler

  init(
    _ stream: Stream, options: GRPCFrontOptions, health: FrontHealth, handler: @escaping IncomingCallHandler
  ) {
    self.stream = stream
    self.options = options
    self.health = health
    self.handler = handler
  }

  private var isAboutHealth: Bool { stream.descriptor.service.fullyQualifiedService == HealthService.name }

  func answer() async {
    do {
      let call = try await readCall()
      if isAboutHealth {
        try await answerHealth(call)
      } else {
        try await send(try await untilCallerIsGone { try await handler(call) })
      }
    } catch {
      // Where nobody listens any more, nobody needs to be told.
      try? await stream.outbound.write(Self.part(for: error, method: stream.descriptor.method))
    }
    await stream.outbound.finish()
  }

  private func send(_ response: Data) async throws {
    try await stream.outbound.write(contentsOf: [
      .metadata([:]), .message(GRPCNIOTransportBytes(response)), Self.good,
    ])
  }

  private static var good: RPCResponsePart<Transport.Bytes> { .status(.init(code: .ok, message: ""), [:]) }

  // MARK: Health

  private func answerHealth(_ call: IncomingCall) async throws {
    let service = try FrontHealth.service(in: call.request)
    switch call.method {
    case "Check":
      try await send(Self.encoded(health.check(service)))
    case "Watch":
      try await stream.outbound.write(.metadata([:]))
      let watch = health.watch(service)
      defer { health.end(watch) }
      try await withRPCCancellationHandler {
        for await status in watch.statuses {
          try await stream.outbound.write(.message(GRPCNIOTransportBytes(Self.encoded(status))))
        }
      } onCancelRPC: {
        health.end(watch)
      }
      try await stream.outbound.write(Self.good)
    default:
      throw ServiceError(.unimplemented, "unknown method \(call.method) for service \(call.service)")
    }
  }

  private static func encoded(_ status: FrontHealth.Status) throws -> Data {
    try FrontHealth.Response.with { $0.status = status }.serializedData()
  }

  // MARK: Reading

  private func readCall() async throws -> IncomingCall {
    var call = IncomingCall(
      service: stream.descriptor.service.fullyQualifiedService, method: stream.descriptor.method, request: Data(),
      timeout: nil, clientName: "", clientVersion: "")
    var hasRequest = false
    for try await part in stream.inbound {
      switch part {
      case .metadata(let metadata):
        // Whoever asks whether the server is there need not be known to it.
        if !isAboutHealth { try authorize(metadata) }
        call.timeout = metadata[stringValues: GRPCTimeout.header].first { _ in true }.flatMap(GRPCTimeout.duration)
        call.clientName = metadata[stringValues: "client-name"].first { _ in true } ?? ""
        call.clientVersion = metadata[stringValues: "client-version"].first { _ in true } ?? ""
      case .message(let bytes):
        guard !hasRequest else { throw ServiceError(.invalidArgument, "the call takes one request") }
        hasRequest = true
        let size = bytes.withUnsafeBytes(\.count)
        guard size <= options.maximumRequestBytes else {
          throw ServiceError(
            .resourceExhausted, "grpc: received message larger than max (\(size) vs. \(options.maximumRequestBytes))")
        }
        call.request = bytes.withUnsafeBytes { Data($0) }
      }
    }
    guard hasRequest else { throw ServiceError(.invalidArgument, "the request is missing") }
    return call
  }

  private func authorize(_ metadata: Metadata) throws(ServiceError) {
    if options.apiKeys.isEmpty { return }
    let scheme = "bearer "
    for value in metadata[stringValues: "authorization"] where value.lowercased().hasPrefix(scheme) {
      if options.apiKeys.contains(String(value.dropFirst(scheme.count))) { return }
    }
    throw ServiceError(.unauthenticated, "Request unauthorized.")
  }

  /// gRPC tells of a caller that is gone without cancelling the task.
  private func untilCallerIsGone<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await work() }
    return try await withTaskCancellationHandler {
      try await withRPCCancellationHandler {
        try await task.value
      } onCancelRPC: {
        task.cancel()
      }
    } onCancel: {
      task.cancel()
    }
  }

  // MARK: Errors

  private static func part(for error: any Error, method: String) -> RPCResponsePart<Transport.Bytes> {
    switch error {
    case let error as ServiceError:
      guard !error.details.isEmpty else { return .status(Status(error), [:]) }
      let status = GoogleRPCStatus(
        code: RPCError.Code(Status(error).code) ?? .unknown, message: error.message,
        details: error.details.map { .any($0) })
      return .status(Status(error), status.rpcErrorMetadata)
    case let error as RPCError:
      return .status(Status(code: .init(error.code), message: error.message), error.metadata)
    case is CancellationError:
      return .status(Status(code: .cancelled, message: "the call was given up"), [:])
    default:
      return .status(Status(code: .internalError, message: "\(method): \(error)"), [:])
    }
  }
}

extension Status {
  fileprivate init(_ error: ServiceError) {
    self.init(code: Code(rawValue: error.code.rawValue) ?? .unknown, message: error.message)
  }
}
#endif
