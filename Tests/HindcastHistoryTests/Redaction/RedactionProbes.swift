import Foundation
import SwiftProtobuf
import TemporalAPI

@testable import HindcastHistory

/// Finds payloads and texts that hold a word.
struct Search: MessageEdits {
  let word: String
  /// Whether a payload does.
  var isFound = false
  /// The fields whose texts do.
  var fields: Set<String> = []

  var keepsUnknownFields: Bool { true }
  var editsTexts: Bool { true }

  mutating func payload(_ payload: Payload, at place: FieldPlace) -> Payload {
    let bytes = [payload.data] + payload.metadata.values
    if bytes.contains(where: { $0.range(of: Data(word.utf8)) != nil }) { isFound = true }
    return payload
  }

  mutating func text(_ text: String, at place: FieldPlace) -> TextEdit {
    if text.contains(word) { fields.insert(place.field) }
    return .keep
  }
}

/// Fills every field of messages, by the schema.
struct MessageFiller {
  let payload: Payload
  /// What every text says.
  static let text = "plainly"

  /// An event with the attributes of this name.
  func event(attributes key: String) -> [UInt8] {
    let table = Schema.shared.table(named: HistoryEvent.protoMessageName)
    return message(table, depth: 0) { name in !name.hasSuffix("EventAttributes") || name == key }
  }

  private func message(
    _ table: UnsafePointer<MessageTable>, depth: Int, where isWanted: (String) -> Bool = { _ in true }
  ) -> [UInt8] {
    guard depth < 7 else { return [] }
    var out: [UInt8] = []
    for field in table.pointee.fields where isWanted(String(decoding: field.jsonName, as: UTF8.self)) {
      if field.values != nil { continue }
      var content = value(field.message, depth: depth)
      if field.isMap { content = lengthDelimited(1, Array("key".utf8)) + lengthDelimited(2, content) }
      out += lengthDelimited(Int(field.number), content)
    }
    return out
  }

  private func value(_ table: UnsafePointer<MessageTable>?, depth: Int) -> [UInt8] {
    guard let table else { return Array(Self.text.utf8) }
    switch table.pointee.kind {
    case .timestamp, .duration: return []
    case .payload: return (try? payload.serializedBytes()) ?? []
    case .plain, .payloads: return message(table, depth: depth + 1)
    }
  }

  private func lengthDelimited(_ number: Int, _ content: [UInt8]) -> [UInt8] {
    func varint(_ value: Int) -> [UInt8] {
      value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
    }
    return varint(number << 3 | 2) + varint(content.count) + content
  }
}
