public import Foundation
public import HindcastCalls
public import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI

// What workers call, from their first contact to their answers.

extension VerificationServer {
  /// Answers a call.
  ///
  /// - Parameters:
  ///   - service: The gRPC service, with its package.
  ///   - method: The call within the service.
  ///   - request: The request, encoded.
  ///   - timeout: How long the caller waits; `nil` when it does not say.
  ///   - clientName: What the caller calls itself in its metadata.
  /// - Returns: the response, encoded.
  /// - Throws: `ServiceError` for calls that a replay has no use for.
  public func call(
    service: String, method: String, encoded request: Data, timeout: Duration?, clientName: String
  ) async throws -> Data {
    let sdk = SDK(clientName: clientName)
    log.add(client: sdk)
    switch (service, method) {
    case ("grpc.health.v1.Health", "Check"):
      // A HealthCheckResponse that says SERVING.
      return Data([0x08, 0x01])
    case (WorkflowService.name, _):
      return try await answer(method, request, timeout, sdk)
    default:
      throw Self.unknown(method, of: service)
    }
  }

  private func answer(_ method: String, _ data: Data, _ timeout: Duration?, _ sdk: SDK) async throws -> Data {
    switch method {
    case WorkflowService.getSystemInfo.name: return try Self.systemInfo.serializedData()
    case WorkflowService.getClusterInfo.name: return try Self.clusterInfo.serializedData()
    case WorkflowService.describeNamespace.name:
      let request = try decode(WorkflowService.describeNamespace, data)
      return try description(ofNamespace: request.namespace).serializedData()
    case WorkflowService.pollWorkflowTaskQueue.name:
      return try await poll(try decode(WorkflowService.pollWorkflowTaskQueue, data), timeout, sdk).serializedData()
    case WorkflowService.pollActivityTaskQueue.name:
      let request = try decode(WorkflowService.pollActivityTaskQueue, data)
      let place = PollLog.Place(kind: .activity, namespace: request.namespace, queue: request.taskQueue.name)
      _ = await poll(
        place, isSticky: false, WorkerIdentity(name: request.identity, sdk: sdk), for: Self.hold(timeout))
      return Data()
    case "PollNexusTaskQueue":
      let request = try decode(Temporal_Api_Workflowservice_V1_PollNexusTaskQueueRequest.self, data, method)
      let place = PollLog.Place(kind: .nexus, namespace: request.namespace, queue: request.taskQueue.name)
      _ = await poll(
        place, isSticky: false, WorkerIdentity(name: request.identity, sdk: sdk), for: Self.hold(timeout))
      return Data()
    case WorkflowService.getWorkflowExecutionHistory.name:
      return try page(try decode(WorkflowService.getWorkflowExecutionHistory, data)).serializedData()
    case WorkflowService.respondQueryTaskCompleted.name:
      let request = try decode(WorkflowService.respondQueryTaskCompleted, data)
      try take(request.taskToken, request.completedType == .failed ? .failed(WorkerFailure(request)) : .answered)
      return Data()
    case WorkflowService.respondWorkflowTaskCompleted.name:
      let request = try decode(WorkflowService.respondWorkflowTaskCompleted, data)
      try take(request.taskToken, .completed(request.commands))
      return Data()
    case WorkflowService.respondWorkflowTaskFailed.name:
      let request = try decode(WorkflowService.respondWorkflowTaskFailed, data)
      try take(request.taskToken, .failed(WorkerFailure(request)))
      return Data()
    case WorkflowService.shutdownWorker.name:
      leave(try decode(WorkflowService.shutdownWorker, data).identity)
      return Data()
    case WorkflowService.resetStickyTaskQueue.name: return Data()
    default: throw Self.unknown(method, of: WorkflowService.name)
    }
  }

  private static func unknown(_ method: String, of service: String) -> ServiceError {
    ServiceError(
      .unimplemented, "hindcast verify only has histories replayed and knows no \(service)/\(method)", method: method)
  }

  private func decode<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ data: Data
  ) throws(ServiceError) -> Request {
    try decode(Request.self, data, method.name)
  }

  private func decode<Request: Message>(
    _ type: Request.Type, _ data: Data, _ method: String
  ) throws(ServiceError) -> Request {
    do {
      return try Request(serializedBytes: data)
    } catch {
      throw ServiceError(.internal, "the request cannot be decoded: \(error)", method: method)
    }
  }

  // MARK: Polls

  private func poll(
    _ request: Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueRequest, _ timeout: Duration?, _ sdk: SDK
  ) async -> Polled {
    let isSticky = request.taskQueue.kind == .sticky
    let normal = request.taskQueue.normalName
    let queue = isSticky && !normal.isEmpty ? normal : request.taskQueue.name
    return await poll(
      PollLog.Place(kind: .workflow, namespace: request.namespace, queue: queue), isSticky: isSticky,
      WorkerIdentity(name: request.identity, sdk: sdk), for: Self.hold(timeout))
  }

  /// How long a poll is held: a minute, or as long as the caller waits less what the answer takes.
  private static func hold(_ timeout: Duration?) -> Duration {
    guard let timeout else { return .seconds(60) }
    return min(.seconds(60), timeout - min(timeout / 10, .seconds(5)))
  }

  private func leave(_ identity: String) {
    log.add(leaver: identity)
    for (id, poll) in polls.sorted(by: { $0.key < $1.key }) where poll.worker.name == identity {
      answerPoll(id, Polled())
    }
  }

  // MARK: Histories

  private func take(_ token: Data, _ answer: WorkerAnswer) throws(ServiceError) {
    if settle(String(decoding: token, as: UTF8.self), answer) { return }
    throw ServiceError(.notFound, "nobody waits for this answer any more")
  }

  private func page(
    _ request: Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryRequest
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse {
    let parts = String(decoding: request.nextPageToken, as: UTF8.self).split(separator: "/")
    let asked: (token: String, handout: Handout)?
    if let token = parts.first.map(String.init) {
      asked = handouts[token].map { (token, $0) }
    } else {
      // Who lost its place asks from the beginning, by the run.
      asked = handouts.first { $0.value.execution.runID == request.execution.runID }.map { ($0.key, $0.value) }
    }
    guard let asked else {
      throw ServiceError(.notFound, "no worker has run \(request.execution.runID) before it")
    }
    let page = asked.handout.excerpt.page(
      from: parts.dropFirst().first.flatMap { Int($0) } ?? 0, bytes: options.pageSize)
    return .with {
      $0.history.events = page.events
      if let next = page.next { $0.nextPageToken = Data("\(asked.token)/\(next)".utf8) }
    }
  }

  // MARK: What it says of itself

  private static let version = "1.32.0"

  private static var systemInfo: Temporal_Api_Workflowservice_V1_GetSystemInfoResponse {
    .with {
      $0.serverVersion = version
      $0.capabilities = .with {
        $0.signalAndQueryHeader = true
        $0.internalErrorDifferentiation = true
        $0.activityFailureIncludeHeartbeat = true
        $0.supportsSchedules = true
        $0.encodedFailureAttributes = true
        $0.buildIDBasedVersioning = true
        $0.upsertMemo = true
        $0.eagerWorkflowStart = true
        $0.sdkMetadata = true
        $0.countGroupByExecutionStatus = true
      }
    }
  }

  private static var clusterInfo: Temporal_Api_Workflowservice_V1_GetClusterInfoResponse {
    .with {
      $0.serverVersion = version
      $0.clusterName = "hindcast verify"
    }
  }

  /// Every namespace is there, so that a worker of the wrong one is told apart from one that never came.
  private func description(
    ofNamespace name: String
  ) -> Temporal_Api_Workflowservice_V1_DescribeNamespaceResponse {
    .with {
      $0.namespaceInfo = .with {
        $0.name = name
        $0.id = name
        $0.state = .registered
        $0.capabilities = .with {
          $0.syncUpdate = true
          $0.asyncUpdate = true
        }
      }
    }
  }
}

extension VerificationServer: ServiceConnection {
  /// Sends a request of a worker in the same process.
  public nonisolated func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    let data = try await call(
      service: method.service, method: method.name, encoded: request.serializedData(),
      timeout: timeout ?? method.patience.timeout, clientName: "hindcast")
    return try Response(serializedBytes: data)
  }
}
