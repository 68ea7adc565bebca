internal import HindcastCalls
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// What a worker says of an update.
enum UpdateMessage: Sendable {
  case acceptance(Temporal_Api_Update_V1_Acceptance)
  case rejection(Temporal_Api_Update_V1_Rejection)
  case response(Temporal_Api_Update_V1_Response)
  /// A message of the protocol that workers do not send.
  case other(name: String)

  init(_ body: Google_Protobuf_Any) throws(CommandRefusal) {
    do {
      if body.isA(Temporal_Api_Update_V1_Acceptance.self) {
        self = .acceptance(try .init(unpackingAny: body))
      } else if body.isA(Temporal_Api_Update_V1_Rejection.self) {
        self = .rejection(try .init(unpackingAny: body))
      } else if body.isA(Temporal_Api_Update_V1_Response.self) {
        self = .response(try .init(unpackingAny: body))
      } else {
        self = .other(name: String(body.messageName.dropFirst(body.protocolType.count + 1)))
      }
    } catch {
      throw .badUpdateMessage("unable to unmarshal request: \(error)")
    }
  }

  /// As the real server names the type in errors.
  var typeName: String {
    switch self {
    case .acceptance: "*update.Acceptance"
    case .rejection: "*update.Rejection"
    case .response: "*update.Response"
    case .other(let name): "*update.\(name)"
    }
  }

  /// The update as the worker was given it, where the worker sent it back.
  var originalRequest: UpdateRequest? {
    switch self {
    case .acceptance(let message): message.hasAcceptedRequest ? message.acceptedRequest : nil
    case .rejection(let message): message.hasRejectedRequest ? message.rejectedRequest : nil
    case .response, .other: nil
    }
  }
}

extension Google_Protobuf_Any {
  /// The name of the message in it, with its package.
  var messageName: String { String(typeURL.split(separator: "/", omittingEmptySubsequences: false).last ?? "") }

  /// The package of the message: the protocol that it belongs to.
  var protocolType: String { messageName.split(separator: ".").dropLast().joined(separator: ".") }

  var isUpdateMessage: Bool { protocolType == "temporal.api.update.v1" }
}

extension ServerMachine {
  /// Checks what a worker's messages need so that they can be looked at.
  ///
  /// - Throws: INVALID_ARGUMENT for a message without a body or one of no type; the task stays in flight.
  func check(_ messages: [ProtocolMessage]) throws(ServiceError) {
    for message in messages {
      if !message.hasBody { throw .invalidArgument("nil message body") }
      let name = message.body.messageName
      if name.isEmpty { throw .invalidArgument("no message name specified") }
      if !name.contains(".") {
        throw .invalidArgument("failed to extract protocol type: no . found in \"\(name)\"")
      }
    }
  }
}

extension CommandRefusal {
  static func badUpdateMessage(_ reason: String) -> Self { Self(.badUpdateWorkflowExecutionMessage, reason) }
}
