import TemporalAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// A payload stands in a file in one of three forms (spec/replay.md, 1.4): canonical, with base64 throughout; decoded, as the
// Web UI downloads it, with plain metadata or plain JSON as data; or in shorthand, as the JSON value that it encodes.

extension MessageDecoder {
  /// Decodes the value that is next as a payload, in whichever form it is.
  mutating func payload() throws -> Payload {
    let start = try valueOffset()
    if scanner.base[start] == UInt8(ascii: "{") {
      if let payload = try canonicalPayload() { return payload }
      scanner.position = start
      let shape = try payloadShape()
      notes.append(RawNote(kind: .payloadReencoded, offset: start))
      scanner.position = start
      if let shape { return try decodedPayload(shape) }
    } else {
      notes.append(RawNote(kind: .payloadReencoded, offset: start))
    }
    return try shorthandPayload()
  }

  // MARK: Canonical

  /// Decodes an object with base64 metadata and data; `nil`, with the position anywhere, when it is no such object.
  private mutating func canonicalPayload() throws -> Payload? {
    var payload = Payload()
    var hasMetadata = false
    var seen = 0
    var more = try scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
    while more {
      let key = try scanner.rawString(of: "a key")
      try scanner.expect(UInt8(ascii: ":"))
      let field = PayloadField(scanner.base + key.start, key.count)
      // A second occurrence makes it unusual; the slow path sorts it out.
      guard let field, seen & field.rawValue == 0 else { return nil }
      seen |= field.rawValue
      // Old exports write null for data that is empty.
      if try scanner.skipNull() {
        more = try scanner.next(closedBy: UInt8(ascii: "}"))
        continue
      }
      switch field {
      case .metadata:
        guard let metadata = try canonicalMetadata() else { return nil }
        payload.metadata = metadata
        hasMetadata = true
      case .data:
        guard try scanner.peek() == UInt8(ascii: "\""), let data = try base64() else { return nil }
        payload.data = data
      case .externalPayloads:
        guard try scanner.peek() == UInt8(ascii: "[") else { return nil }
        payload.externalPayloads = try externalPayloads()
      }
      more = try scanner.next(closedBy: UInt8(ascii: "}"))
    }
    // An object without metadata is a value that happens to have a key “data”; our own writer always writes metadata.
    return hasMetadata ? payload : nil
  }

  private mutating func canonicalMetadata() throws -> [String: Data]? {
    guard try scanner.peek() == UInt8(ascii: "{") else { return nil }
    let start = scanner.position
    let last = memory.metadata
    if last.count > 0, start &+ last.count <= scanner.end,
      bytesEqual(scanner.base + last.start, scanner.base + start, last.count)
    {
      scanner.position = start &+ last.count
      return last.value
    }
    var metadata: [String: Data] = [:]
    var more = try scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
    while more {
      let key = try scanner.string(of: "a key")
      try scanner.expect(UInt8(ascii: ":"))
      guard try scanner.peek() == UInt8(ascii: "\"") else { return nil }
      let value = scanner.position
      guard let data = try base64(), key != "encoding" || !Self.isPlainEncoding(scanner, at: value) else { return nil }
      metadata[key] = data
      more = try scanner.next(closedBy: UInt8(ascii: "}"))
    }
    memory.metadata = (metadata, start, scanner.position - start)
    return metadata
  }

  /// Whether the string at an offset names an encoding as it is: `json/plain` is also valid base64.
  private static func isPlainEncoding(_ scanner: JSONScanner, at offset: Int) -> Bool {
    ["\"json/", "\"binary/", "\"text/", "\"proto"].contains { (prefix: StaticString) in
      offset + prefix.utf8CodeUnitCount <= scanner.end
        && bytesEqual(prefix.utf8Start, scanner.base + offset, prefix.utf8CodeUnitCount)
    }
  }

  private mutating func externalPayloads() throws -> [Payload.ExternalPayloadDetails] {
    let table = Schema.shared.table(named: Payload.ExternalPayloadDetails.protoMessageName)
    var result: [Payload.ExternalPayloadDetails] = []
    var more = try scanner.open(UInt8(ascii: "["), closedBy: UInt8(ascii: "]"))
    while more {
      result.append(try message(Payload.ExternalPayloadDetails.self, table: table))
      more = try scanner.next(closedBy: UInt8(ascii: "]"))
    }
    return result
  }

  // MARK: Decoded

  /// The places of the parts of a decoded payload.
  private struct PayloadShape {
    var metadata = 0
    var data: Int?
  }

  /// Looks at an object that is no canonical payload; `nil` when it is no decoded payload either, so a value in shorthand.
  private mutating func payloadShape() throws -> PayloadShape? {
    var shape = PayloadShape()
    var hasMetadata = false
    var isPayload = true
    var more = try scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
    while more {
      let key = try scanner.rawString(of: "a key")
      try scanner.expect(UInt8(ascii: ":"))
      let offset = try valueOffset()
      switch PayloadField(scanner.base + key.start, key.count) {
      case .metadata:
        shape.metadata = offset
        hasMetadata = try isDecodedMetadata()
      case .data:
        shape.data = offset
        try scanner.skipValue()
      case .externalPayloads, nil:
        isPayload = false
        try scanner.skipValue()
      }
      more = try scanner.next(closedBy: UInt8(ascii: "}"))
    }
    return isPayload && hasMetadata ? shape : nil
  }

  /// Passes over an object, and says whether it holds only strings and names an encoding.
  private mutating func isDecodedMetadata() throws -> Bool {
    guard try scanner.peek() == UInt8(ascii: "{") else {
      try scanner.skipValue()
      return false
    }
    var isMetadata = true
    var namesEncoding = false
    var more = try scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
    while more {
      let key = try scanner.string(of: "a key")
      try scanner.expect(UInt8(ascii: ":"))
      if try scanner.peek() != UInt8(ascii: "\"") { isMetadata = false }
      if key == "encoding" { namesEncoding = true }
      try scanner.skipValue()
      more = try scanner.next(closedBy: UInt8(ascii: "}"))
    }
    return isMetadata && namesEncoding
  }

  /// Decodes an object of the form the Web UI downloads and encodes its data again.
  private mutating func decodedPayload(_ shape: PayloadShape) throws -> Payload {
    var payload = Payload()
    let start = scanner.position
    scanner.position = shape.metadata
    var more = try scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
    var isPlain = false
    while more {
      let key = try scanner.string(of: "a key")
      try scanner.expect(UInt8(ascii: ":"))
      let offset = try valueOffset()
      if key == "encoding" { isPlain = Self.isPlainEncoding(scanner, at: offset) }
      let encoded = try base64()
      scanner.position = offset
      let text = try scanner.string(of: "a string")
      payload.metadata[key] = Data(text.utf8)
      if key == "encoding", !isPlain, let encoded { payload.metadata[key] = encoded }
      more = try scanner.next(closedBy: UInt8(ascii: "}"))
    }
    if !isPlain {
      // Only the data was decoded; what can be base64 in the metadata is.
      for (key, value) in payload.metadata where key != "encoding" {
        payload.metadata[key] =
          value.withUnsafeBytes { bytes in
            bytes.bindMemory(to: UInt8.self).baseAddress.flatMap { memory.decode($0, bytes.count) }
          } ?? value
      }
    }
    if let data = shape.data {
      scanner.position = data
      payload.data = try decodedData(encoding: payload.encoding)
    }
    scanner.position = start
    try scanner.skipValue()
    return payload
  }

  /// The data of a decoded payload: base64 where it can only be base64, otherwise the JSON value.
  private mutating func decodedData(encoding: String?) throws -> Data {
    let start = try valueOffset()
    guard scanner.base[start] == UInt8(ascii: "\"") else { return try compactValue() }
    let encoded = try base64()
    if let encoded, !(encoding ?? "").hasPrefix("json/") || Self.isJSON(encoded) { return encoded }
    scanner.position = start
    if (encoding ?? "").hasPrefix("json/") { return try compactValue() }
    return Data(try scanner.string(of: "a string").utf8)
  }

  private static func isJSON(_ data: Data) -> Bool {
    data.withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes.bindMemory(to: UInt8.self))
      return (try? scanner.skipValue()) != nil && scanner.peekOrEnd() == nil
    }
  }

  // MARK: Shorthand

  /// Decodes a JSON array as a list of payloads.
  mutating func shorthandPayloads() throws -> Payloads {
    var payloads = Payloads()
    var more = try scanner.open(UInt8(ascii: "["), closedBy: UInt8(ascii: "]"))
    while more {
      payloads.payloads.append(try payload())
      more = try scanner.next(closedBy: UInt8(ascii: "]"))
    }
    return payloads
  }

  /// Encodes the JSON value that is next as a payload.
  private mutating func shorthandPayload() throws -> Payload {
    var payload = Payload()
    if try scanner.skipNull() {
      payload.metadata["encoding"] = Data("binary/null".utf8)
      return payload
    }
    let start = scanner.position
    if scanner.base[start] == UInt8(ascii: "{"), let type = try protoMessageType() {
      payload.metadata["encoding"] = Data("json/protobuf".utf8)
      payload.metadata["messageType"] = Data(type.utf8)
    } else {
      payload.metadata["encoding"] = Data("json/plain".utf8)
    }
    scanner.position = start
    payload.data = try compactValue()
    return payload
  }

  /// The value of the key by which shorthand marks protobuf messages, if the object has it.
  private mutating func protoMessageType() throws -> String? {
    var type: String?
    var more = try scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
    while more {
      let key = try scanner.string(of: "a key")
      try scanner.expect(UInt8(ascii: ":"))
      if key == Self.protoMessageTypeKey, try scanner.peek() == UInt8(ascii: "\"") {
        type = try scanner.string(of: "a string")
      } else {
        try scanner.skipValue()
      }
      more = try scanner.next(closedBy: UInt8(ascii: "}"))
    }
    return type
  }

  private static let protoMessageTypeKey = "_protoMessageType"

  /// The bytes of the value that is next, without white space and without the key that marks protobuf messages.
  private mutating func compactValue() throws -> Data {
    let start = try valueOffset()
    var out: [UInt8] = []
    if scanner.base[start] == UInt8(ascii: "{"), try protoMessageType() != nil {
      scanner.position = start
      out.append(UInt8(ascii: "{"))
      var more = try scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
      while more {
        let entry = try valueOffset()
        let key = try scanner.string(of: "a key")
        try scanner.expect(UInt8(ascii: ":"))
        try scanner.skipValue()
        if key != Self.protoMessageTypeKey {
          if out.count > 1 { out.append(UInt8(ascii: ",")) }
          appendCompact(entry..<scanner.position, to: &out)
        }
        more = try scanner.next(closedBy: UInt8(ascii: "}"))
      }
      out.append(UInt8(ascii: "}"))
    } else {
      scanner.position = start
      try scanner.skipValue()
      appendCompact(start..<scanner.position, to: &out)
    }
    return Data(out)
  }

  /// Appends well-formed JSON without the white space between its tokens.
  private func appendCompact(_ range: Range<Int>, to out: inout [UInt8]) {
    var isInString = false
    var offset = range.lowerBound
    while offset < range.upperBound {
      let byte = scanner.base[offset]
      if isInString, byte == UInt8(ascii: "\\") {
        out.append(byte)
        offset += 1
      } else if byte == UInt8(ascii: "\"") {
        isInString.toggle()
      }
      if isInString || byte > 0x20 { out.append(scanner.base[offset]) }
      offset += 1
    }
  }
}

/// The fields of a payload, as bits.
private enum PayloadField: Int {
  case metadata = 1
  case data = 2
  case externalPayloads = 4

  init?(_ start: UnsafePointer<UInt8>, _ count: Int) {
    func matches(_ name: StaticString) -> Bool {
      count == name.utf8CodeUnitCount && bytesEqual(name.utf8Start, start, count)
    }
    if matches("metadata") {
      self = .metadata
    } else if matches("data") {
      self = .data
    } else if matches("externalPayloads") || matches("external_payloads") {
      self = .externalPayloads
    } else {
      return nil
    }
  }
}
