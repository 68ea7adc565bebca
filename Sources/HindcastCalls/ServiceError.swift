public import SwiftProtobuf

/// What a Temporal service refused, or why it could not be reached.
///
/// The service says what a refusal is about with a message of `temporal.api.errordetails.v1` beside the code
/// (`server.md` 16); ask for it by type:
///
/// ```swift
/// catch let error as ServiceError {
///   if let running = error.detail(Temporal_Api_Errordetails_V1_WorkflowExecutionAlreadyStartedFailure.self) {
///     return running.runID
///   }
/// }
/// ```
public struct ServiceError: Error, Sendable, Equatable {
  /// The kind of refusal.
  public var code: Code
  /// What the service says, for a person to read.
  public var message: String
  /// The name of the call, `StartWorkflowExecution`; empty where the error is not about one call.
  public var method: String
  /// Messages that say more, in the service's order, packed.
  public var details: [Google_Protobuf_Any]

  /// Makes an error as a service would answer it.
  public init(_ code: Code, _ message: String, method: String = "", details: [Google_Protobuf_Any] = []) {
    self.code = code
    self.message = message
    self.method = method
    self.details = details
  }

  /// The bytes of a request are none of its method: INTERNAL, in the words of gRPC's library for Go, which the real server uses.
  public static func undecodable(_ error: any Error, method: String) -> Self {
    Self(.internal, "grpc: error unmarshalling request: \(error)", method: method)
  }

  /// The first detail of a type, if there is one that can be read.
  public func detail<Detail: Message>(_ type: Detail.Type) -> Detail? {
    for packed in details where packed.isA(type) {
      if let detail = try? Detail(unpackingAny: packed) { return detail }
    }
    return nil
  }
}

extension ServiceError {
  /// The status codes of gRPC, under its numbers.
  public enum Code: Int, Sendable, Hashable, CaseIterable {
    /// The caller gave up.
    case cancelled = 1
    /// An error nobody classified.
    case unknown = 2
    /// The request is wrong, whatever the state of the service.
    case invalidArgument = 3
    /// No answer came in time.
    case deadlineExceeded = 4
    /// There is no such workflow, task, namespace …, or no longer.
    case notFound = 5
    /// There is one already.
    case alreadyExists = 6
    /// The caller may not do this.
    case permissionDenied = 7
    /// A limit or rate is used up, or a message is too large.
    case resourceExhausted = 8
    /// The request does not fit the state of the service.
    case failedPrecondition = 9
    /// A concurrent change was in the way.
    case aborted = 10
    /// A position beyond what there is.
    case outOfRange = 11
    /// The service does not know the call, or has it switched off.
    case unimplemented = 12
    /// A fault inside the service.
    case `internal` = 13
    /// The service cannot be reached, or not now.
    case unavailable = 14
    /// Data is lost for good.
    case dataLoss = 15
    /// The service does not know who the caller is.
    case unauthenticated = 16

    /// The code as gRPC writes it: `NOT_FOUND`.
    public var name: String {
      "\(self)".reduce(into: "") { name, character in
        if character.isUppercase { name.append("_") }
        name.append(character.uppercased())
      }
    }
  }
}

extension ServiceError: CustomStringConvertible {
  /// The call, the code and what the service says: `StartWorkflowExecution: NOT_FOUND: Namespace x is not found.`
  public var description: String {
    [method, code.name, message].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
