import Foundation
import SwiftProtobuf
import TemporalAPI

/// What an error of Lua code becomes as a failure (spec/wippy.md 9.2).
enum FailureWriter {
  /// The source that the runtime writes into its failures.
  static let source = "WippySDK"

  /// The failure of a workflow or an activity that failed with `error`.
  static func failure(_ error: LuaErrorValue) -> Temporal_Api_Failure_V1_Failure {
    let kind = error.kind.isEmpty ? ErrorKind.internalError : error.kind
    return .with {
      $0.message = error.message
      $0.source = source
      $0.applicationFailureInfo = .with {
        $0.type = kind
        $0.nonRetryable = error.isRetryable == false
        $0.details.payloads = [details(error, kind: kind)]
      }
      // Go's converter writes the error once more, as the cause of the application error made from it.
      $0.cause = .with {
        $0.message = error.message
        $0.source = "GoSDK"
        $0.applicationFailureInfo.type = "err"
      }
    }
  }

  /// A failure of the runtime's own, before the code runs or after it.
  /// - Parameter type: the name of the Go type of the error.
  static func plain(_ message: String, type: String = "wrapError") -> Temporal_Api_Failure_V1_Failure {
    .with {
      $0.message = message
      $0.source = source
      $0.applicationFailureInfo.type = type
    }
  }

  /// The failure of an update that was refused or that failed.
  static func update(_ message: String) -> Temporal_Api_Failure_V1_Failure {
    plain(message, type: "")
  }

  /// The error in the form in which the runtime finds it again; fields in the order of upstream's struct.
  private static func details(_ error: LuaErrorValue, kind: String) -> EncodedPayload {
    var json = Array("{\"errors\":[{\"msg\":".utf8)
    JSONText.append(error.message, to: &json)
    // A kind of this name counts as none.
    if kind != "Unknown" {
      json.append(contentsOf: ",\"kind\":".utf8)
      JSONText.append(kind, to: &json)
    }
    if let isRetryable = error.isRetryable {
      json.append(contentsOf: (isRetryable ? ",\"retry\":true" : ",\"retry\":false").utf8)
    }
    if let details = error.details, !details.isEmpty {
      json.append(contentsOf: ",\"details\":".utf8)
      json.append(contentsOf: GoValue.object(details).json)
    }
    json.append(contentsOf: "}]}".utf8)
    return PayloadEncoding.json(.init(json))
  }
}
