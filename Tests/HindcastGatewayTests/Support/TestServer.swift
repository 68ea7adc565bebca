#if GRPC
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import HindcastCalls
import HindcastGateway
import NIOCore
import SwiftProtobuf
import Synchronization
import TemporalServiceAPI

/// A gRPC server on a socket of this machine that answers a few calls and keeps what it saw of them.
final class TestServer: Sendable {
  /// What a server asks of its clients, and where it listens.
  struct Options: Sendable {
    var security = HTTP2ServerTransport.Posix.TransportSecurity.plaintext
    /// The key without which every call is refused.
    var requiredAPIKey: String?
    /// A free one by default.
    var port = 0
    var methods: [any ServedMethod] = []
    /// Whether PINGs are counted, which cannot be done in what TLS hides.
    var countsPings = false
  }

  let address: ServerAddress
  private let journal: Journal
  private let serving: Task<Void, any Error>

  /// Starts a server and waits until it listens.
  static func start(_ options: Options = Options()) async throws -> TestServer {
    let journal = Journal()
    let transport = HTTP2ServerTransport.Posix(
      address: .ipv4(host: "127.0.0.1", port: options.port), transportSecurity: options.security,
      config: .defaults { config in
        config.connection.keepalive.clientBehavior = .init(
          minPingIntervalWithoutCalls: .zero, allowWithoutCalls: true)
        config.channelDebuggingCallbacks.onAcceptTCPConnection = { channel in
          channel.eventLoop.makeCompletedFuture {
            journal.noteConnection()
            if options.countsPings { try PingCounter.install(on: channel) { journal.notePing() } }
          }
        }
      })
    let services = Services(
      methods: [Served(WorkflowService.getSystemInfo) { _ in .with { $0.serverVersion = "test" } }] + options.methods,
      gatekeeper: Gatekeeper(journal: journal, requiredAPIKey: options.requiredAPIKey))
    let server = GRPCServer(transport: transport, services: [services])
    let serving = Task { try await server.serve() }
    guard let port = try await transport.listeningAddress.ipv4?.port else { throw POSIXError(.EADDRNOTAVAIL) }
    return TestServer(ServerAddress(host: "127.0.0.1", port: port), journal, serving)
  }

  private init(_ address: ServerAddress, _ journal: Journal, _ serving: Task<Void, any Error>) {
    self.address = address
    self.journal = journal
    self.serving = serving
  }

  deinit { serving.cancel() }

  /// The calls so far, refused ones included.
  var calls: [ServedCall] { journal.state.withLock { $0.calls } }
  /// How many PINGs clients sent.
  var pings: Int { journal.state.withLock { $0.pings } }
  /// How many connections were accepted.
  var connections: Int { journal.state.withLock { $0.connections } }

  /// Waits until a condition on what the server saw holds.
  func until(_ condition: @escaping @Sendable (TestServer) -> Bool) async throws {
    while !condition(self) { try await Task.sleep(for: .milliseconds(5)) }
  }

  /// Ends the server and its connections without a word, as a crash does.
  func stop() async {
    serving.cancel()
    _ = await serving.result
  }
}

/// A call as a server saw it.
struct ServedCall: Sendable {
  let method: String
  let headers: [String: [String]]
}

/// A call that a server answers.
protocol ServedMethod: Sendable {
  func register<Transport: ServerTransport>(with router: inout RPCRouter<Transport>, gatekeeper: Gatekeeper)
}

struct Served<Request: Message, Response: Message>: ServedMethod {
  let method: ServiceMethod<Request, Response>
  let answer: @Sendable (Request) async throws -> Response

  init(
    _ method: ServiceMethod<Request, Response>, answer: @escaping @Sendable (Request) async throws -> Response
  ) {
    self.method = method
    self.answer = answer
  }

  /// Hands the call on to a service in this process.
  init(_ method: ServiceMethod<Request, Response>, by service: any ServiceConnection) {
    self.init(method) { try await service.call(method, $0) }
  }

  func register<Transport: ServerTransport>(with router: inout RPCRouter<Transport>, gatekeeper: Gatekeeper) {
    router.registerHandler(
      forMethod: MethodDescriptor(fullyQualifiedService: method.service, method: method.name),
      deserializer: ProtobufDeserializer<Request>(), serializer: ProtobufSerializer<Response>()
    ) { request, _ in
      try gatekeeper.admit(method.name, request.metadata)
      var messages = request.messages.makeAsyncIterator()
      guard let message = try await messages.next() else { throw RPCError(code: .invalidArgument, message: "empty") }
      do {
        return StreamingServerResponse(single: ServerResponse(message: try await answer(message)))
      } catch let error as ServiceError {
        throw RPCError(
          code: RPCError.Code(Status.Code(rawValue: error.code.rawValue) ?? .unknown) ?? .unknown,
          message: error.message)
      }
    }
  }
}

/// Notes every call and lets in those with the key.
struct Gatekeeper: Sendable {
  fileprivate let journal: Journal
  let requiredAPIKey: String?

  func admit(_ method: String, _ metadata: Metadata) throws {
    var headers: [String: [String]] = [:]
    for (name, value) in metadata {
      if case .string(let text) = value { headers[name, default: []].append(text) }
    }
    journal.state.withLock { $0.calls.append(ServedCall(method: method, headers: headers)) }
    guard let requiredAPIKey, headers["authorization"] != ["Bearer \(requiredAPIKey)"] else { return }
    let sent = headers["authorization"]?.joined() ?? "nothing"
    throw RPCError(code: .unauthenticated, message: "Request unauthorized: \(sent)")
  }
}

private struct Services: RegistrableRPCService {
  let methods: [any ServedMethod]
  let gatekeeper: Gatekeeper

  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    for method in methods { method.register(with: &router, gatekeeper: gatekeeper) }
  }
}

private final class Journal: Sendable {
  struct State {
    var calls: [ServedCall] = []
    var pings = 0
    var connections = 0
  }

  let state = Mutex(State())

  func noteConnection() { state.withLock { $0.connections += 1 } }
  func notePing() { state.withLock { $0.pings += 1 } }
}

/// Counts the PINGs that come in, and passes everything on.
private final class PingCounter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private var scanner = HTTP2PingScanner(prefaceLength: HTTP2PingScanner.clientPrefaceLength)
  private let count: @Sendable () -> Void

  private init(count: @escaping @Sendable () -> Void) { self.count = count }

  static func install(on channel: any Channel, count: @escaping @Sendable () -> Void) throws {
    try channel.pipeline.syncOperations.addHandler(PingCounter(count: count), position: .first)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var copy = unwrapInboundIn(data)
    while let piece = scanner.next(from: &copy) {
      if case .ping = piece { count() }
    }
    context.fireChannelRead(data)
  }
}
#endif
