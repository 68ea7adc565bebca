public import Foundation
public import HindcastCalls
public import SwiftProtobuf

/// A method of a gRPC service.
public struct MethodName: Hashable, Sendable {
  /// With its package: `temporal.api.workflowservice.v1.WorkflowService`.
  public var service: String
  /// Within the service: `StartWorkflowExecution`.
  public var name: String

  /// The method of this name.
  public init(service: String, name: String) {
    self.service = service
    self.name = name
  }

  /// Two services have few names in common, and each call is looked up twice.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// The name of a method that is described with its messages.
  public init<Request, Response>(_ method: ServiceMethod<Request, Response>) {
    self.init(service: method.service, name: method.name)
  }
}

/// How a method's requests are handled.
struct Route: Sendable {
  let method: MethodName
  /// Reads the method's request from its binary form.
  let decode: @Sendable (Data) throws -> any Message
  /// The answer; `nil` when it comes in a later turn, or was given to the turn already.
  let handle: @Sendable (inout ServerMachine, any Message, Call, inout Turn) throws(ServiceError) -> (any Message)?

  /// A method whose handler needs to know the call, because it may have to wait.
  init<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>,
    _ handler:
      @escaping @Sendable (inout ServerMachine, Request, Call, inout Turn) throws(ServiceError) -> Response?
  ) {
    self.method = MethodName(method)
    decode = { try Request(serializedBytes: $0) }
    handle = { (machine, request, call, turn) throws(ServiceError) in
      guard let request = request as? Request else {
        throw ServiceError(.internal, "\(method.name) takes \(Request.self), not \(type(of: request))")
      }
      return try handler(&machine, request, call, &turn)
    }
  }

  /// A method that is answered at once.
  static func prompt<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>,
    _ handler: @escaping @Sendable (inout ServerMachine, Request, inout Turn) throws(ServiceError) -> Response
  ) -> Route {
    Route(method) { (machine, request, _, turn) throws(ServiceError) in try handler(&machine, request, &turn) }
  }
}

extension ServerMachine {
  static let routes: [MethodName: Route] = Dictionary(
    routesByTopic.joined().map { ($0.method, $0) }, uniquingKeysWith: { first, _ in first })

  private static let routesByTopic: [[Route]] = [
    startRoutes,
    workflowTaskRoutes,
    readingRoutes, describeRoutes, visibilityRoutes, namespaceRoutes, searchAttributeRoutes, scheduleRoutes,
    scheduleListRoutes, batchRoutes,
    activityRoutes, standaloneActivityRoutes, activityExecutionRoutes,
    queryRoutes,
    taskQueueRoutes,
    workerRoutes,
    deploymentRoutes,
    systemRoutes,
    signalRoutes,
    cancelRoutes,
    deleteRoutes,
    resetRoutes,
    nexusEndpointRoutes,
    nexusTaskRoutes,
    optionsRoutes,
    pauseRoutes,
    timeSkippingRoutes,
    updateRoutes,
    refusedRoutes,
  ]

  /// Whether the server knows a method.
  public static func knows(_ method: MethodName) -> Bool { routes[method] != nil }

  /// Reads a request as it comes over a wire.
  ///
  /// - Throws: UNIMPLEMENTED for a method that the server does not know, INTERNAL for bytes that are no request: so says the
  ///   real server, whose gRPC library reads them.
  public static func request(of method: MethodName, from bytes: Data) throws(ServiceError) -> any Message {
    guard let route = routes[method] else { throw .unknown(method) }
    do {
      return try route.decode(bytes)
    } catch {
      throw .undecodable(error, method: method.name)
    }
  }

  fileprivate static let services = Set(routes.keys.map(\.service))
}

extension ServiceError {
  static func unknown(_ method: MethodName) -> Self {
    let message =
      ServerMachine.services.contains(method.service)
      ? "unknown method \(method.name) for service \(method.service)" : "unknown service \(method.service)"
    return Self(.unimplemented, message, method: method.name)
  }
}
