public import SwiftProtobuf

/// A remote call of a Temporal service: its name and the types of its two messages.
public struct ServiceMethod<Request: Message, Response: Message>: Sendable {
  /// The gRPC service, with its package: `temporal.api.workflowservice.v1.WorkflowService`.
  public let service: String
  /// The call within the service: `StartWorkflowExecution`.
  public let name: String
  /// How long a caller waits for the answer when it does not say.
  public let patience: CallPatience

  /// Describes a remote call.
  ///
  /// The two metatypes only tell the compiler which messages belong to the name.
  public init(
    _ name: String, of service: String, _ request: Request.Type = Request.self,
    _ response: Response.Type = Response.self,
    patience: CallPatience = .prompt
  ) {
    self.service = service
    self.name = name
    self.patience = patience
  }
}

/// How long a caller waits for an answer when it does not say.
public enum CallPatience: Sendable, Hashable {
  /// The service answers as soon as it has done the work.
  case prompt
  /// The service holds the call until there is something to tell, for at most a minute.
  case longPoll

  /// The longest wait.
  ///
  /// A long poll gets ten seconds on top of the server's minute (`server.md` 3.6), so that it is the server that ends it.
  public var timeout: Duration {
    switch self {
    case .prompt: .seconds(30)
    case .longPoll: .seconds(70)
    }
  }
}
