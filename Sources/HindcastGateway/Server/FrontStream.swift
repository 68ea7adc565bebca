#if GRPC
internal import Foundation
internal import GRPCCore
private import GRPCNIOTransportCore
internal import GRPCNIOTransportHTTP2Posix
private import GRPCProtobuf
internal import HindcastCalls
private import SwiftProtobuf

/// One call under way: reads its request, has it answered and writes the answer.
struct FrontStream: Sendable {
  typealias Transport = HTTP2ServerTransport.Posix
  typealias Stream = RPCStream<Transport.Inbound, Transport.Outbound>

  private let stream: Stream
  private let options: GRPCFrontOptions
  private let handler: IncomingCallHandler

  init(_ stream: Stream, options: GRPCFrontOptions, handler: @escaping IncomingCallHandler) {
    self.stream = stream
    self.options = options
    self.handler = handler
  }

  func answer() async {
    do {
      let call = try await readCall()
      let response = try await untilCallerIsGone { try await handler(call) }
      try await stream.outbound.write(contentsOf: [
        .metadata([:]), .message(GRPCNIOTransportBytes(response)), .status(.init(code: .ok, message: ""), [:]),
      ])
    } catch {
      // Where nobody listens any more, nobody needs to be told.
      try? await stream.outbound.write(Self.part(for: error, method: stream.descriptor.method))
    }
    await stream.outbound.finish()
  }

  private func readCall() async throws -> IncomingCall {
    var call = IncomingCall(
      service: stream.descriptor.service.fullyQualifiedService, method: stream.descriptor.method, request: Data(),
      timeout: nil, clientName: "")
    var hasRequest = false
    for try await part in stream.inbound {
      switch part {
      case .metadata(let metadata):
        try authorize(metadata)
        call.timeout = metadata[stringValues: GRPCTimeout.header].first { _ in true }.flatMap(GRPCTimeout.duration)
        call.clientName = metadata[stringValues: "client-name"].first { _ in true } ?? ""
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
  private func untilCallerIsGone(_ work: @escaping @Sendable () async throws -> Data) async throws -> Data {
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
