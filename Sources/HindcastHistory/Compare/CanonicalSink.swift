#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A sink that makes canonical values.
struct CanonicalSink: ValueSink {
  var names: CanonicalNames
  private(set) var value = CanonicalValue.null
  private var levels: [Level] = []
  private var pendingKey: Key?

  private struct Key {
    var text: String
    /// Whether it names a field of a message, and is not the key of a map's entry.
    var isField: Bool
  }

  private struct Level {
    var key: Key?
    var isArray: Bool
    var members: [CanonicalValue.Member] = []
    var elements: [CanonicalValue] = []
  }

  init(names: CanonicalNames) {
    self.names = names
  }

  // MARK: Structure

  /// The field that the next value belongs to; for an element, that of its list.
  private var field: String? {
    let key = pendingKey ?? levels.last?.key
    return key?.isField == true ? key?.text : nil
  }

  private var isDropped: Bool {
    guard let key = pendingKey else { return false }
    return key.isField ? CanonicalRules.dropped.contains(key.text) : CanonicalRules.droppedKeys.contains(key.text)
  }

  private mutating func add(_ new: CanonicalValue) {
    guard let last = levels.indices.last else {
      value = new
      return
    }
    if levels[last].isArray {
      levels[last].elements.append(new)
    } else if let key = pendingKey {
      if !isDropped { levels[last].members.append(CanonicalValue.Member(key: key.text, value: new)) }
    }
    pendingKey = nil
  }

  mutating func beginObject() {
    levels.append(Level(key: pendingKey, isArray: false))
    pendingKey = nil
  }

  mutating func endObject() {
    guard let level = levels.popLast() else { return }
    pendingKey = level.key
    add(Self.withoutWrapping(level.members))
  }

  mutating func beginArray() {
    levels.append(Level(key: pendingKey, isArray: true))
    pendingKey = nil
  }

  mutating func endArray() {
    guard let level = levels.popLast() else { return }
    pendingKey = level.key
    let isUnordered = field.map { CanonicalRules.unordered.contains($0) } ?? false
    add(.array(isUnordered ? level.elements.sorted { $0.description < $1.description } : level.elements))
  }

  /// A payload of plain JSON is the value that it encodes, and a list of payloads is a list.
  private static func withoutWrapping(_ members: [CanonicalValue.Member]) -> CanonicalValue {
    if members.count == 1, members[0].key == "payloads" { return members[0].value }
    if let metadata = members.first, metadata.key == "metadata", case .object(let entries) = metadata.value,
      entries.count == 1, entries[0].key == "encoding"
    {
      if members.count == 2, members[1].key == "data", entries[0].value == .text("json/plain") {
        return members[1].value
      }
      if members.count == 1, entries[0].value == .text("binary/null") { return .null }
    }
    return .object(members)
  }

  mutating func key(_ name: UnsafeBufferPointer<UInt8>) {
    pendingKey = Key(text: String(decoding: name, as: UTF8.self), isField: true)
  }

  mutating func key(_ text: String) {
    pendingKey = Key(text: names.canonical(text), isField: false)
  }

  // MARK: Values

  mutating func text(_ value: String) {
    // What is left out must not use up a number.
    guard !isDropped else { return add(.null) }
    add(.text(CanonicalRules.replacement(for: value, in: field) ?? names.canonical(value)))
  }

  mutating func plainText(_ value: UnsafeBufferPointer<UInt8>) {
    add(.text(String(decoding: value, as: UTF8.self)))
  }

  mutating func bytes(_ value: Data) {
    guard !isDropped else { return add(.null) }
    if let json = CanonicalJSON.value(value, &names) { return add(json) }
    if let text = String(validating: value, as: UTF8.self) { return add(.text(names.canonical(text))) }
    var encoded: [UInt8] = []
    value.withUnsafeBytes { Base64.encode($0, into: &encoded) }
    add(.text("base64:" + String(decoding: encoded, as: UTF8.self)))
  }

  mutating func boolean(_ value: Bool) { add(.boolean(value)) }
  mutating func number(_ value: Int64) { add(.number(String(value))) }
  mutating func longNumber(_ value: String) { add(.number(value)) }
  mutating func number(_ value: Double) { add(.number(value.description)) }
  mutating func timestamp(_ value: TimeText.Value) { add(.text("<time>")) }

  mutating func duration(_ value: TimeText.Value) {
    var text: [UInt8] = []
    TimeText.duration(value, into: &text)
    add(.text(CanonicalRules.replacement(for: value, in: field) ?? String(decoding: text, as: UTF8.self)))
  }
}
