import Foundation
import TemporalAPI

/// Search attributes, whose type upstream infers from the value (spec/wippy.md 8.12).
enum SearchAttributeValue {
  /// The payloads of attributes, or why one has no type.
  static func payloads(_ fields: [String: GoValue]) throws(PayloadError) -> [String: EncodedPayload] {
    var payloads: [String: EncodedPayload] = [:]
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) { payloads[name] = try payload(name, value) }
    return payloads
  }

  private static func payload(_ name: String, _ value: GoValue) throws(PayloadError) -> EncodedPayload {
    switch value {
    case .string: return typed("Keyword", value)
    case .bool: return typed("Bool", value)
    case .int: return typed("Int", value)
    case .double(let number):
      if let integer = Int64(exactly: number) { return typed("Int", .int(integer)) }
      return typed("Double", value)
    case .array(let items):
      for (index, item) in items.enumerated() where item.string == nil {
        throw PayloadError(
          "search attribute \"\(name)\": keyword list item at index \(index) must be string, got \(item.typeName)")
      }
      return typed("KeywordList", value)
    case .null, .object:
      throw PayloadError("search attribute \"\(name)\": unsupported value type \(value.typeName)")
    }
  }

  private static func typed(_ type: String, _ value: GoValue) -> EncodedPayload {
    var payload = PayloadEncoding.json(value)
    payload.metadata["type"] = Data(type.utf8)
    return payload
  }
}

/// Memo values, which Go's standard converter encodes.
enum MemoValue {
  static func payload(_ value: GoValue) -> EncodedPayload {
    value == .null ? PayloadEncoding.binaryNull : PayloadEncoding.json(value)
  }
}
