internal import Foundation
internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Failures as handlers of older SDKs tell them: messages of Nexus rather than of Temporal.

extension Temporal_Api_Nexus_V1_Failure {
  /// The failure as a workflow sees it. One that is not Temporal's own is kept as the details of an application failure.
  var temporalFailure: Failure {
    var failure = Failure()
    if metadata["type"] == "temporal.api.failure.v1.Failure" {
      failure = (try? Failure(jsonUTF8Data: details, options: Self.lenient)) ?? failure
    } else if !metadata.isEmpty || !details.isEmpty {
      failure.applicationFailureInfo = .with {
        $0.type = "NexusFailure"
        $0.details.payloads = [
          .with {
            $0.metadata = ["encoding": Data("json/plain".utf8)]
            $0.data = serialized
          }
        ]
      }
    }
    failure.message = message
    failure.stackTrace = stackTrace
    if hasCause { failure.cause = cause.temporalFailure }
    return failure
  }

  private static var lenient: JSONDecodingOptions {
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    return options
  }

  /// What is beyond message and stack trace, as JSON: details are JSON already.
  private var serialized: Data {
    var parts: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
      parts.append("\"metadata\":{\(pairs.joined(separator: ","))}")
    }
    if !details.isEmpty { parts.append("\"details\":\(String(decoding: details, as: UTF8.self))") }
    return Data("{\(parts.joined(separator: ","))}".utf8)
  }

  private static func quoted(_ text: String) -> String {
    let data = try? JSONEncoder().encode(text)
    return data.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}

extension Temporal_Api_Nexus_V1_HandlerError {
  /// The refusal as a workflow sees it; what the handler says of it is its cause.
  var temporalFailure: Failure {
    .with {
      $0.nexusHandlerFailureInfo = .with {
        $0.type = errorType
        $0.retryBehavior = retryBehavior
      }
      $0.cause = failure.temporalFailure
    }
  }
}
