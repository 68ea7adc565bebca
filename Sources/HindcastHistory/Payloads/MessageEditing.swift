import SwiftProtobuf
import TemporalAPI

/// Where a value stands in a message.
struct FieldPlace {
  /// The full name of the message type that has the field; empty for the outermost message.
  var message = ""
  /// The field's name in JSON.
  var field = ""
  /// The key of the nearest entry of a map around the value: a header's, a memo's, a marker detail's.
  var key: String?
  /// The field of that map; empty where there is none.
  var mapField = ""
  /// Whether the value is a search attribute, which the server reads and no codec encodes.
  var isSearchAttribute = false
}

/// What is to happen to a text.
enum TextEdit: Equatable {
  case keep
  case replace(String)
  case drop
}

/// What is to happen to the payloads and texts of messages.
protocol MessageEdits {
  /// Whether fields stay that the messages of this version do not have.
  var keepsUnknownFields: Bool { get }
  /// Whether texts are looked at; they are many.
  var editsTexts: Bool { get }
  /// Called for each payload, in the order of the message's bytes.
  mutating func payload(_ payload: Payload, at place: FieldPlace) throws -> Payload
  /// Called for each string and each run of bytes outside payloads.
  mutating func text(_ text: String, at place: FieldPlace) -> TextEdit
  /// Called for each failure, causes before what they caused.
  mutating func failure(_ failure: Failure) -> Failure
  /// Whether failures are looked at.
  var editsFailures: Bool { get }
}

extension MessageEdits {
  func text(_ text: String, at place: FieldPlace) -> TextEdit { .keep }
  func failure(_ failure: Failure) -> Failure { failure }
  var editsFailures: Bool { false }

  /// Edits a message.
  ///
  /// It is done on the message's bytes with the schema beside them, so that no field of any type, present or to come, can be
  /// forgotten.
  mutating func edited<M: Message>(_ message: M) throws -> M {
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    let bytes: [UInt8] = try message.serializedBytes(options: options)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    try bytes.withUnsafeBytes {
      try edit($0, as: Schema.shared.table(named: M.protoMessageName), at: FieldPlace(), into: &out)
    }
    return try M(serializedBytes: out)
  }

  private mutating func edit(
    _ bytes: UnsafeRawBufferPointer, as table: UnsafePointer<MessageTable>, at outer: FieldPlace,
    into out: inout [UInt8]
  ) throws {
    let message = String(decoding: table.pointee.name, as: UTF8.self)
    var inner = outer
    inner.message = message
    inner.isSearchAttribute = outer.isSearchAttribute || message == "temporal.api.common.v1.SearchAttributes"
    var wire = WireReader(bytes)
    var start = 0
    while let field = try wire.next() {
      defer { start = wire.position }
      let raw = start..<wire.position
      guard let known = table.pointee.field(number: field.number) else {
        if keepsUnknownFields { out += bytes[raw] }
        continue
      }
      guard let content = field.content else {
        out += bytes[raw]
        continue
      }
      inner.field = String(decoding: known.pointee.jsonName, as: UTF8.self)
      inner.key = outer.key
      inner.mapField = outer.mapField
      let value = UnsafeRawBufferPointer(rebasing: bytes[content])
      if known.pointee.isMap {
        inner.mapField = inner.field
        try appendField(field.number, editedEntry(value, known.pointee.message, at: &inner), to: &out)
      } else if let edited = try editedValue(value, known.pointee.message, at: inner) {
        appendField(field.number, edited, to: &out)
      }
    }
  }

  /// A map's entry: its key in field 1 and its value in field 2.
  private mutating func editedEntry(
    _ bytes: UnsafeRawBufferPointer, _ valueTable: UnsafePointer<MessageTable>?, at place: inout FieldPlace
  ) throws -> [UInt8] {
    var out: [UInt8] = []
    var wire = WireReader(bytes)
    var start = 0
    while let field = try wire.next() {
      defer { start = wire.position }
      guard let content = field.content, field.number <= 2 else {
        out += bytes[start..<wire.position]
        continue
      }
      let value = UnsafeRawBufferPointer(rebasing: bytes[content])
      if field.number == 1 {
        place.key = String(decoding: value, as: UTF8.self)
        out += bytes[start..<wire.position]
      } else if let edited = try editedValue(value, valueTable, at: place) {
        appendField(2, edited, to: &out)
      }
    }
    return out
  }

  /// Nil where the value goes.
  private mutating func editedValue(
    _ bytes: UnsafeRawBufferPointer, _ table: UnsafePointer<MessageTable>?, at place: FieldPlace
  ) throws -> [UInt8]? {
    guard let table else {
      guard editsTexts else { return Array(bytes) }
      return switch text(String(decoding: bytes, as: UTF8.self), at: place) {
      case .keep: Array(bytes)
      case .replace(let text): Array(text.utf8)
      case .drop: nil
      }
    }
    switch table.pointee.kind {
    case .timestamp, .duration: return Array(bytes)
    case .payload:
      let edited = try payload(Payload(serializedBytes: Array(bytes)), at: place)
      var options = BinaryEncodingOptions()
      options.useDeterministicOrdering = true
      return try edited.serializedBytes(options: options)
    case .plain, .payloads:
      var out: [UInt8] = []
      out.reserveCapacity(bytes.count)
      try edit(bytes, as: table, at: place, into: &out)
      guard editsFailures, table == Schema.shared.table(named: Failure.protoMessageName) else { return out }
      return try failure(Failure(serializedBytes: out)).serializedBytes()
    }
  }

  /// Writes a field that has a length.
  private func appendField(_ number: Int, _ content: [UInt8], to out: inout [UInt8]) {
    appendVarint(UInt64(number) << 3 | 2, to: &out)
    appendVarint(UInt64(content.count), to: &out)
    out += content
  }

  private func appendVarint(_ value: UInt64, to out: inout [UInt8]) {
    var value = value
    while value >= 0x80 {
      out.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    out.append(UInt8(value))
  }
}
