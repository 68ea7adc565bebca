#if Server || GRPC
import Foundation
import HindcastHistory
import TemporalAPI

/// JSON from the command line as arguments of a workflow or a function.
enum JSONArgument {
  static func isValid(_ text: String) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil
  }

  /// A payload for each text; `nil` for none.
  static func payloads(_ texts: [String]) -> Payloads? {
    guard !texts.isEmpty else { return nil }
    var payloads = Payloads()
    payloads.payloads = texts.map { text in
      var payload = Payload()
      payload.metadata = ["encoding": Data("json/plain".utf8)]
      payload.data = Data(text.utf8)
      return payload
    }
    return payloads
  }
}
#endif
