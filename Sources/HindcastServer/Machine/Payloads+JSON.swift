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
      $0.data = text.json
    }
  }
}

extension String {
  /// The text as a JSON string.
  var json: Data {
    // Names, ids and the like need no encoder, which costs more than the rest of a request.
    if utf8.allSatisfy(\.isPlainInJSON) { return Data("\"\(self)\"".utf8) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(self)) ?? Data()
  }
}

extension UInt8 {
  /// Whether the byte stands for itself in a JSON string, whoever writes it: a letter, a digit or one of a few signs.
  fileprivate var isPlainInJSON: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
      UInt8(ascii: " "):
      true
    default: false
    }
  }
}
