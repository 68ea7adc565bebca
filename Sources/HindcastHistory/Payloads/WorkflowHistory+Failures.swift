import TemporalAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension WorkflowHistory {
  /// The history with messages and stack traces of failures where they belong, which SDKs that encode them put into a payload.
  ///
  /// A payload that is encoded still stays as it is.
  ///
  /// - Throws: as ``payloads()`` does.
  public func unfoldingFailures() throws -> WorkflowHistory {
    var unfolding = FailureUnfolding()
    var copy = self
    copy.events = try events.map { try unfolding.edited($0) }
    return copy
  }
}

private struct FailureUnfolding: MessageEdits {
  var keepsUnknownFields: Bool { true }
  var editsTexts: Bool { false }
  var editsFailures: Bool { true }

  func payload(_ payload: Payload, at place: FieldPlace) -> Payload { payload }

  func failure(_ failure: Failure) -> Failure {
    guard failure.hasEncodedAttributes, let text = failure.encodedAttributes.jsonText,
      let attributes = try? JSONDecoder().decode(EncodedAttributes.self, from: Data(text.utf8))
    else { return failure }
    var failure = failure
    failure.message = attributes.message ?? failure.message
    failure.stackTrace = attributes.stackTrace ?? failure.stackTrace
    failure.clearEncodedAttributes()
    return failure
  }

  private struct EncodedAttributes: Decodable {
    var message: String?
    var stackTrace: String?

    enum CodingKeys: String, CodingKey {
      case message
      case stackTrace = "stack_trace"
    }
  }
}
