#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a decoder keeps from one value to the next, to make values that repeat only once.
///
/// Histories repeat the same text in event after event: the task queue, the worker's identity, the metadata of payloads.
struct DecoderMemory {
  private struct Seen {
    var text = ""
    var start = 0
    var count = -1
  }

  private var strings = [Seen](repeating: Seen(), count: Schema.shared.fieldCount)
  private var scratch: [UInt8] = []

  /// The last metadata of a payload, and where its JSON stands.
  var metadata: (value: [String: Data], start: Int, count: Int) = ([:], 0, 0)

  /// The last string of a field, if it stands in the JSON just like another one.
  @inline(__always)
  func string(_ serial: Int, _ base: UnsafePointer<UInt8>, _ raw: RawString) -> String? {
    guard strings[serial].count == raw.count, bytesEqual(base + strings[serial].start, base + raw.start, raw.count)
    else {
      return nil
    }
    return strings[serial].text
  }

  /// Keeps the last string of a field.
  mutating func remember(_ text: String, _ raw: RawString, for serial: Int) {
    strings[serial] = Seen(text: text, start: raw.start, count: raw.count)
  }

  /// Decodes base64, or gives `nil` when the text is none.
  mutating func decode(_ start: UnsafePointer<UInt8>, _ count: Int) -> Data? {
    let capacity = Base64.capacity(for: count)
    if scratch.count < capacity { scratch = [UInt8](repeating: 0, count: max(capacity, 1024, scratch.count * 2)) }
    return scratch.withUnsafeMutableBufferPointer { buffer in
      guard let out = buffer.baseAddress, let written = Base64.decode(start, count, into: out) else { return nil }
      return Data(bytes: out, count: written)
    }
  }
}
