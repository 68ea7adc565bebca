public import TemporalAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Payload {
  /// The encoding named in the metadata, such as `json/plain`; `nil` where there is none.
  public var encoding: String? {
    metadata["encoding"].map { String(decoding: $0, as: UTF8.self) }
  }

  /// The JSON text of a payload whose encoding is JSON or null; `nil` for other encodings.
  public var jsonText: String? {
    switch encoding {
    case "json/plain", "json/protobuf", "json/external-storage-reference": String(validating: data, as: UTF8.self)
    case "binary/null": "null"
    default: nil
    }
  }

  /// The payload in a few characters, for a report: its JSON text, or its encoding and size.
  ///
  /// - Parameter limit: how many characters of the text to show before it is cut with `…`.
  public func summary(limit: Int = 200) -> String {
    guard let text = jsonText else { return "<\(encoding ?? "no encoding"), \(data.count) bytes>" }
    return text.count <= limit ? text : text.prefix(limit) + "…"
  }
}

extension Payloads {
  /// The payloads in a few characters, for a report: `["order-17", 3]`.
  ///
  /// - Parameter limit: how many characters of each payload to show.
  public func summary(limit: Int = 200) -> String {
    "[" + payloads.map { $0.summary(limit: limit) }.joined(separator: ", ") + "]"
  }
}
