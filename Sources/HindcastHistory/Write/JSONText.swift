#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A sink that writes JSON text.
struct JSONText: ValueSink {
  private(set) var out: [UInt8] = []
  private let isIndented: Bool
  private var depth = 0
  /// Whether the object or array at hand has content already.
  private var hasContent = false
  private var followsKey = false

  /// - Parameter isIndented: whether each value stands on a line of its own, two spaces deeper than what holds it.
  init(isIndented: Bool) {
    self.isIndented = isIndented
  }

  // MARK: Structure

  private mutating func lineBreak() {
    guard isIndented else { return }
    out.append(UInt8(ascii: "\n"))
    for _ in 0..<depth {
      out.append(UInt8(ascii: " "))
      out.append(UInt8(ascii: " "))
    }
  }

  /// What stands before a member or an element.
  private mutating func separate() {
    if hasContent { out.append(UInt8(ascii: ",")) }
    if depth > 0 { lineBreak() }
    hasContent = true
  }

  private mutating func beginValue() {
    if followsKey {
      followsKey = false
    } else {
      separate()
    }
  }

  private mutating func begin(_ byte: UInt8) {
    beginValue()
    out.append(byte)
    depth += 1
    hasContent = false
  }

  private mutating func end(_ byte: UInt8) {
    depth -= 1
    if hasContent { lineBreak() }
    out.append(byte)
    hasContent = true
  }

  mutating func beginObject() { begin(UInt8(ascii: "{")) }
  mutating func endObject() { end(UInt8(ascii: "}")) }
  mutating func beginArray() { begin(UInt8(ascii: "[")) }
  mutating func endArray() { end(UInt8(ascii: "]")) }

  private mutating func endKey() {
    out.append(UInt8(ascii: ":"))
    if isIndented { out.append(UInt8(ascii: " ")) }
    followsKey = true
  }

  mutating func key(_ name: UnsafeBufferPointer<UInt8>) {
    separate()
    appendQuoted(name)
    endKey()
  }

  mutating func key(_ text: String) {
    separate()
    appendEscaped(text)
    endKey()
  }

  // MARK: Values

  mutating func text(_ value: String) {
    beginValue()
    appendEscaped(value)
  }

  mutating func plainText(_ value: UnsafeBufferPointer<UInt8>) {
    beginValue()
    appendQuoted(value)
  }

  mutating func bytes(_ value: Data) {
    beginValue()
    out.append(UInt8(ascii: "\""))
    value.withUnsafeBytes { Base64.encode($0, into: &out) }
    out.append(UInt8(ascii: "\""))
  }

  mutating func boolean(_ value: Bool) {
    raw(value ? "true" : "false")
  }

  mutating func number(_ value: Int64) {
    raw(String(value))
  }

  mutating func longNumber(_ value: String) {
    raw("\"\(value)\"")
  }

  mutating func number(_ value: Double) {
    if value.isNaN {
      raw("\"NaN\"")
    } else if value.isInfinite {
      raw(value < 0 ? "\"-Infinity\"" : "\"Infinity\"")
    } else if let whole = Int64(exactly: value), abs(whole) < 1 << 53 {
      raw(String(whole))
    } else {
      raw(value.description)
    }
  }

  mutating func timestamp(_ value: TimeText.Value) {
    beginValue()
    out.append(UInt8(ascii: "\""))
    // A time that RFC 3339 cannot write is still kept, in the form of a plain message.
    if TimeText.timestamp(value, into: &out) {
      out.append(UInt8(ascii: "\""))
    } else {
      out.removeLast()
      out.append(contentsOf: Array("{\"seconds\":\"\(value.seconds)\",\"nanos\":\(value.nanos)}".utf8))
    }
  }

  mutating func duration(_ value: TimeText.Value) {
    beginValue()
    out.append(UInt8(ascii: "\""))
    TimeText.duration(value, into: &out)
    out.append(UInt8(ascii: "\""))
  }

  /// A value that is JSON already.
  mutating func raw(_ json: String) {
    beginValue()
    out.append(contentsOf: json.utf8)
  }

  private mutating func appendQuoted(_ bytes: UnsafeBufferPointer<UInt8>) {
    out.append(UInt8(ascii: "\""))
    out.append(contentsOf: bytes)
    out.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ text: String) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        out.append(UInt8(ascii: "\\"))
        out.append(byte)
      case 0x0A: out.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
      case 0x0D: out.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
      case 0x09: out.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
      case 0..<0x20:
        out.append(contentsOf: Array("\\u00".utf8))
        out.append(contentsOf: Array((byte < 16 ? "0" : "").utf8))
        out.append(contentsOf: Array(String(byte, radix: 16).utf8))
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
