import Foundation
import SwiftProtobuf
public import TemporalAPI

/// `json/plain` payloads for the few values that the engine itself writes and reads: marker ids, versions, change ids.
public enum JSONPayload {
  private static let encoding = Data("json/plain".utf8)

  /// A payload of JSON text.
  public static func payload(json: String) -> Temporal_Api_Common_V1_Payload {
    .with {
      $0.metadata = ["encoding": encoding]
      $0.data = Data(json.utf8)
    }
  }

  /// A payload of a number.
  public static func payload(_ number: Int) -> Temporal_Api_Common_V1_Payload { payload(json: String(number)) }

  /// A payload of a boolean.
  public static func payload(_ flag: Bool) -> Temporal_Api_Common_V1_Payload { payload(json: flag ? "true" : "false") }

  /// A payload of a string.
  public static func payload(_ text: String) -> Temporal_Api_Common_V1_Payload { payload(json: quoted(text)) }

  /// A payload of a list of strings.
  public static func payload(_ texts: [String]) -> Temporal_Api_Common_V1_Payload {
    payload(json: "[" + texts.map(quoted).joined(separator: ",") + "]")
  }

  static func payloads(_ payload: Temporal_Api_Common_V1_Payload) -> Temporal_Api_Common_V1_Payloads {
    .with { $0.payloads = [payload] }
  }

  /// The integer in the first payload, or nil.
  static func integer(_ payloads: Temporal_Api_Common_V1_Payloads?) -> Int? {
    payloads?.payloads.first.flatMap { Int(String(decoding: $0.data, as: UTF8.self)) }
  }

  /// The boolean in the first payload, or nil.
  static func boolean(_ payloads: Temporal_Api_Common_V1_Payloads?) -> Bool? {
    payloads?.payloads.first.flatMap { Bool(String(decoding: $0.data, as: UTF8.self)) }
  }

  /// The string in the first payload, or nil.
  static func string(_ payloads: Temporal_Api_Common_V1_Payloads?) -> String? {
    payloads?.payloads.first.flatMap { string($0) }
  }

  static func string(_ payload: Temporal_Api_Common_V1_Payload) -> String? {
    guard payload.data.first == UInt8(ascii: "\"") else { return nil }
    return try? JSONSerialization.jsonObject(with: payload.data, options: .fragmentsAllowed) as? String
  }

  /// The text as a JSON string, escaped as Go's encoder escapes it.
  public static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "<", ">", "&", "\u{2028}", "\u{2029}": out += escaped(scalar)
      case _ where scalar.value < 0x20: out += escaped(scalar)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    let hex = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
  }
}
