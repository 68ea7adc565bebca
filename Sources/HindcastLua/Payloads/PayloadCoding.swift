import CLuaHost
import Foundation
import TemporalAPI

typealias EncodedPayload = Temporal_Api_Common_V1_Payload
typealias EncodedArguments = [Temporal_Api_Common_V1_Payload]

/// A value that cannot become a payload, or a payload that cannot become a value; upstream's text.
struct PayloadError: Error, Hashable, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}

/// The encodings of payloads that the runtime knows (spec/wippy.md 5.1).
enum PayloadEncoding {
  static let json = ["encoding": Data("json/plain".utf8)]
  static let bytes = ["encoding": Data("binary/plain".utf8)]
  static let null = ["encoding": Data("binary/null".utf8)]

  private static let jsonName = Data("json/plain".utf8)
  private static let bytesName = Data("binary/plain".utf8)
  private static let nullName = Data("binary/null".utf8)

  enum Kind {
    case json
    case bytes
    case null

    /// The name by which a payload wrapper calls the format.
    var format: String {
      switch self {
      case .json: "json/plain"
      case .bytes: "application/octet-stream"
      case .null: "golang/any"
      }
    }
  }

  /// The encoding of a payload, or why the runtime's data converter refuses it.
  static func kind(of payload: EncodedPayload) throws(PayloadError) -> Kind {
    guard let name = payload.metadata["encoding"] else {
      throw PayloadError("missing encoding metadata in payload")
    }
    if name == jsonName { return .json }
    if name == bytesName { return .bytes }
    if name == nullName { return .null }
    throw PayloadError("unsupported temporal payload encoding: \(String(decoding: name, as: UTF8.self))")
  }

  /// Checks payloads as the data converter does when it takes them over, before anything is decoded.
  static func check(_ payloads: [EncodedPayload]) throws(PayloadError) {
    for (index, payload) in payloads.enumerated() {
      do throws(PayloadError) {
        _ = try kind(of: payload)
      } catch {
        throw PayloadError("error converting payload at index \(index): \(error)")
      }
    }
  }

  // MARK: Making payloads

  static let jsonNull = json(Data("null".utf8))

  static func json(_ data: Data) -> EncodedPayload {
    var payload = EncodedPayload()
    payload.metadata = json
    payload.data = data
    return payload
  }

  static func json(_ value: GoValue) -> EncodedPayload { json(Data(value.json)) }

  static func bytes(_ bytes: [UInt8]) -> EncodedPayload {
    var payload = EncodedPayload()
    payload.metadata = Self.bytes
    payload.data = Data(bytes)
    return payload
  }

  static var binaryNull: EncodedPayload {
    var payload = EncodedPayload()
    payload.metadata = null
    return payload
  }
}

extension Temporal_Api_Common_V1_Payloads {
  init(_ payloads: [EncodedPayload]) {
    self.init()
    self.payloads = payloads
  }
}
