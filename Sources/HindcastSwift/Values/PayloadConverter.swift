internal import Foundation
internal import SwiftProtobuf
package import TemporalAPI

/// Swift values as payloads and back, in the encodings of the Go SDK's default data converter.
///
/// `nil` is `binary/null`, `Data` is `binary/plain`, protobuf messages are `json/protobuf`, and everything else is
/// `json/plain` with sorted keys, so that equal values give equal bytes in every process.
package enum PayloadConverter {
  private static let encodingKey = "encoding"

  package static func payload(_ value: any Encodable) throws -> Temporal_Api_Common_V1_Payload {
    switch value {
    case let raw as RawPayload: return raw.payload
    case let data as Data: return make("binary/plain", data)
    case let message as any Message:
      return .with {
        $0.metadata = [
          encodingKey: Data("json/protobuf".utf8), "messageType": Data(type(of: message).protoMessageName.utf8),
        ]
        $0.data = (try? message.jsonUTF8Data()) ?? Data()
      }
    case let optional as any OptionalValue where optional.isNil: return make("binary/null", Data())
    default: return make("json/plain", try encoder.encode(value))
    }
  }

  package static func payloads(_ values: [any Encodable]) throws -> Temporal_Api_Common_V1_Payloads? {
    guard !values.isEmpty else { return nil }
    return try .with { $0.payloads = try values.map(payload) }
  }

  package static func payloads(_ value: any Encodable) throws -> Temporal_Api_Common_V1_Payloads {
    try .with { $0.payloads = [try payload(value)] }
  }

  package static func decode<Value: Decodable>(
    _ type: Value.Type = Value.self, from payload: Temporal_Api_Common_V1_Payload
  ) throws -> Value {
    if type == RawPayload.self, let raw = RawPayload(payload: payload) as? Value { return raw }
    let encoding = String(decoding: payload.metadata[encodingKey] ?? Data(), as: UTF8.self)
    switch encoding {
    case "binary/null":
      guard let null = nilValue(of: type) else { break }
      return null
    case "binary/plain":
      guard let data = payload.data as? Value else { break }
      return data
    case "json/plain", "json/protobuf":
      return try decoder.decode(type, from: payload.data)
    default: break
    }
    throw PayloadDecodingError(encoding: encoding, type: "\(type)")
  }

  /// The first payload; a missing one is nil where the type allows it.
  package static func decode<Value: Decodable>(
    _ type: Value.Type = Value.self, from payloads: Temporal_Api_Common_V1_Payloads?
  ) throws -> Value {
    var reader = ArgumentReader(payloads)
    return try reader.next(type)
  }

  package static func nilValue<Value>(of type: Value.Type) -> Value? {
    (type as? any OptionalValue.Type)?.none as? Value
  }

  /// Whether the payload stands for nothing.
  package static func isNull(_ payload: Temporal_Api_Common_V1_Payload) -> Bool {
    payload.metadata[encodingKey] == Data("binary/null".utf8)
  }

  private static func make(_ encoding: String, _ data: Data) -> Temporal_Api_Common_V1_Payload {
    .with {
      $0.metadata = [encodingKey: Data(encoding.utf8)]
      $0.data = data
    }
  }

  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return encoder
  }()

  private static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .custom { decoder in
      let text = try decoder.singleValueContainer().decode(String.self)
      let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
      return try style.parse(text)
    }
    return decoder
  }()
}

/// A payload that no type reads.
struct PayloadDecodingError: Error, CustomStringConvertible {
  var encoding: String
  var type: String

  var description: String {
    encoding.isEmpty ? "the payload has no encoding" : "unable to decode a payload of encoding \(encoding) as \(type)"
  }
}

/// Reads the arguments of a workflow, an update or a query, one after another.
package struct ArgumentReader {
  private let payloads: [Temporal_Api_Common_V1_Payload]
  private var next = 0

  package init(_ payloads: Temporal_Api_Common_V1_Payloads?) {
    self.payloads = payloads?.payloads ?? []
  }

  package mutating func next<Value: Decodable>(_ type: Value.Type) throws -> Value {
    defer { next += 1 }
    if type == RawPayloads.self, let list = RawPayloads(payloads: Array(payloads.dropFirst(next))) as? Value {
      return list
    }
    guard next < payloads.count else {
      if let null = PayloadConverter.nilValue(of: type) { return null }
      throw MissingArgumentError(position: next + 1, count: payloads.count, type: "\(type)")
    }
    return try PayloadConverter.decode(type, from: payloads[next])
  }
}

/// There are fewer payloads than arguments.
struct MissingArgumentError: Error, CustomStringConvertible {
  var position: Int
  var count: Int
  var type: String

  var description: String { "argument \(position) (\(type)) is missing: there are \(count) payloads" }
}

/// Lets generic code see whether a value is an optional.
private protocol OptionalValue {
  var isNil: Bool { get }
  static var none: Self { get }
}

extension Optional: OptionalValue {
  fileprivate var isNil: Bool { self == nil }
}
