internal import Foundation
internal import HindcastHistory
internal import TemporalAPI

/// A JSON value, with booleans and numbers told apart.
enum JSONValue: Decodable, Equatable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// The value as the Go server prints it in messages.
  var goDescription: String {
    switch self {
    case .null: "<nil>"
    case .bool(let value): value ? "true" : "false"
    case .number(let value):
      value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    case .text(let value): value
    case .list(let values): "[" + values.map(\.goDescription).joined(separator: " ") + "]"
    case .object(let fields):
      "map["
        + fields.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.goDescription)" }.joined(separator: " ") + "]"
    }
  }
}

extension Payload {
  /// The value of a payload in JSON; `nil` for any other.
  var jsonValue: JSONValue? {
    guard metadata["encoding"] == Data("json/plain".utf8) else { return nil }
    return try? JSONDecoder().decode(JSONValue.self, from: data)
  }
}
