import Foundation

extension GoValue {
  /// Reads JSON text as Go's `encoding/json` reads into `any`: every number is a float.
  init(json: Data) throws(JSONSyntaxError) {
    self = try Self.read(json)
  }

  private static func read(_ json: Data) throws(JSONSyntaxError) -> GoValue {
    let bytes = Array(json)
    return try bytes.withUnsafeBufferPointer { (buffer) throws(JSONSyntaxError) in
      var sink = Sink()
      try JSONReader.read(buffer, into: &sink)
      return sink.stack.first ?? .null
    }
  }

  private struct Sink: JSONSink {
    var stack: [GoValue] = []
    private var arrays: [[GoValue]] = []
    private var objects: [[String: GoValue]] = []
    private var keys: [String] = []

    mutating func null() { stack.append(.null) }
    mutating func bool(_ value: Bool) { stack.append(.bool(value)) }
    mutating func int(_ value: Int64) { stack.append(.double(Double(value))) }
    mutating func double(_ value: Double) { stack.append(.double(value)) }
    mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) {
      stack.append(.string(String(decoding: bytes, as: UTF8.self)))
    }
    mutating func beginArray() { arrays.append([]) }
    mutating func element(_ index: Int) {
      if let value = stack.popLast() { arrays[arrays.count - 1].append(value) }
    }
    mutating func endArray(count: Int) { stack.append(.array(arrays.removeLast())) }
    mutating func beginObject() { objects.append([:]) }
    mutating func key(_ bytes: UnsafeBufferPointer<UInt8>) { keys.append(String(decoding: bytes, as: UTF8.self)) }
    mutating func field() {
      if let value = stack.popLast() { objects[objects.count - 1][keys.removeLast()] = value }
    }
    mutating func endObject() { stack.append(.object(objects.removeLast())) }
  }

  /// JSON text as Go's encoder writes it, keys sorted.
  var json: [UInt8] {
    var out: [UInt8] = []
    write(to: &out)
    return out
  }

  private func write(to out: inout [UInt8]) {
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let flag): out.append(contentsOf: (flag ? "true" : "false").utf8)
    case .int(let number): out.append(contentsOf: String(number).utf8)
    case .double(let number): out.append(contentsOf: (number.isFinite ? GoNumber.json(number) : "null").utf8)
    case .string(let text): JSONText.append(text, to: &out)
    case .array(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        item.write(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let fields):
      out.append(UInt8(ascii: "{"))
      for (index, field) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        JSONText.append(field.key, to: &out)
        out.append(UInt8(ascii: ":"))
        field.value.write(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }
}

/// JSON strings as Go's encoder escapes them.
enum JSONText {
  static func append(_ text: String, to out: inout [UInt8]) {
    var text = text
    text.withUTF8 { append($0, to: &out) }
  }

  static func append(_ bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    var start = 0
    for (index, byte) in bytes.enumerated() where !isPlain[Int(byte)] {
      if byte >= 0x80 {
        // Rare: separators to escape and invalid sequences to replace need whole scalars.
        out.append(contentsOf: bytes[start..<index])
        appendScalars(UnsafeBufferPointer(rebasing: bytes[index...]), to: &out)
        return
      }
      out.append(contentsOf: bytes[start..<index])
      appendEscaped(byte, to: &out)
      start = index + 1
    }
    out.append(contentsOf: bytes[start...])
    out.append(UInt8(ascii: "\""))
  }

  /// ASCII that stands for itself.
  private static let isPlain: [Bool] = (0..<256).map {
    $0 >= 0x20 && $0 < 0x80 && !"\"\\<>&".utf8.contains(UInt8($0))
  }

  private static func appendScalars(_ bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0..<0x80:
        let byte = UInt8(scalar.value)
        if isPlain[Int(byte)] { out.append(byte) } else { appendEscaped(byte, to: &out) }
      case 0x2028: out.append(contentsOf: "\\u2028".utf8)
      case 0x2029: out.append(contentsOf: "\\u2029".utf8)
      default: out.append(contentsOf: String(scalar).utf8)
      }
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func appendEscaped(_ byte: UInt8, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(byte)
    case 8: out.append(UInt8(ascii: "b"))
    case 9: out.append(UInt8(ascii: "t"))
    case 10: out.append(UInt8(ascii: "n"))
    case 12: out.append(UInt8(ascii: "f"))
    case 13: out.append(UInt8(ascii: "r"))
    default:
      out.append(contentsOf: "u00".utf8)
      out.append(hex[Int(byte >> 4)])
      out.append(hex[Int(byte & 15)])
    }
  }

  private static let hex = Array("0123456789abcdef".utf8)
}
