internal import Foundation
internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI

extension Payloads {
  /// A text as SDKs encode it.
  init(text: String) {
    self = .with { $0.payloads = [Payload(text: text)] }
  }
}

extension Payload {
  /// A text as SDKs encode it.
  init(text: String) {
    self = .with {
      $0.metadata["encoding"] = Data("json/plain".utf8)
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      $0.data = (try? encoder.encode(text)) ?? Data()
    }
  }
}
