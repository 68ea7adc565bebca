public import TemporalAPI

/// A payload that is passed on as it is, wherever a `Codable` value may stand: arguments, results, signals, memos.
public struct RawPayload: Sendable, Hashable {
  /// The payload.
  public var payload: Temporal_Api_Common_V1_Payload

  /// Wraps a payload.
  public init(payload: Temporal_Api_Common_V1_Payload) {
    self.payload = payload
  }
}

/// All payloads from one position on, as they are.
public struct RawPayloads: Sendable, Hashable {
  /// The payloads.
  public var payloads: [Temporal_Api_Common_V1_Payload]

  /// Wraps payloads.
  public init(payloads: [Temporal_Api_Common_V1_Payload]) {
    self.payloads = payloads
  }
}

// The converter knows both types and never asks a coder for them; a coder gets them only inside of other values, where
// they cannot stand.

extension RawPayload: Codable {
  /// Fails: a raw payload is no part of another value.
  public init(from decoder: any Decoder) throws {
    throw DecodingError.dataCorrupted(
      .init(codingPath: decoder.codingPath, debugDescription: "a RawPayload cannot be part of another value"))
  }

  /// Fails: a raw payload is no part of another value.
  public func encode(to encoder: any Encoder) throws {
    throw EncodingError.invalidValue(
      self, .init(codingPath: encoder.codingPath, debugDescription: "a RawPayload cannot be part of another value"))
  }
}

extension RawPayloads: Decodable {
  /// Fails: raw payloads are no part of another value.
  public init(from decoder: any Decoder) throws {
    throw DecodingError.dataCorrupted(
      .init(codingPath: decoder.codingPath, debugDescription: "RawPayloads cannot be part of another value"))
  }
}
