import SwiftProtobuf
import TemporalAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Gives the JSON form of messages to a sink: the fields in the order of their numbers, map entries in the order of their keys.
struct MessageVisitor<Sink: ValueSink>: Visitor {
  var sink: Sink
  private var table: UnsafePointer<MessageTable>
  /// Whether the next value is an element of an array or a map, so has no name.
  private var isElement = false

  init(sink: Sink) {
    self.sink = sink
    table = Schema.shared.table(named: "")
  }

  /// Gives one message to the sink.
  mutating func visit<M: Message>(_ message: M) throws {
    try visit(message, as: Schema.shared.table(named: M.protoMessageName))
  }

  private mutating func visit<M: Message>(_ message: M, as inner: UnsafePointer<MessageTable>) throws {
    switch inner.pointee.kind {
    case .timestamp:
      if let time = message as? Google_Protobuf_Timestamp { return sink.timestamp((time.seconds, time.nanos)) }
    case .duration:
      if let time = message as? Google_Protobuf_Duration { return sink.duration((time.seconds, time.nanos)) }
    case .plain, .payload, .payloads: break
    }
    let outer = (table, isElement)
    (table, isElement) = (inner, false)
    sink.beginObject()
    if inner.pointee.kind == .payload, (message as? Payload)?.metadata.isEmpty == true {
      // Without metadata the object would read as a value in shorthand.
      key(1)
      sink.beginObject()
      sink.endObject()
    }
    try message.traverse(visitor: &self)
    sink.endObject()
    (table, isElement) = outer
  }

  /// Names the next value.
  private mutating func key(_ number: Int) {
    guard !isElement else { return }
    if let field = table.pointee.field(number: number) {
      sink.key(field.pointee.jsonName)
    } else {
      sink.key("\(number)")
    }
  }

  private mutating func array<T>(_ values: [T], _ number: Int, _ element: (inout Self, T) throws -> Void) rethrows {
    key(number)
    sink.beginArray()
    for value in values { try element(&self, value) }
    sink.endArray()
  }

  // MARK: Messages

  mutating func visitSingularMessageField<M: Message>(value: M, fieldNumber: Int) throws {
    key(fieldNumber)
    try visit(value, as: child(fieldNumber, M.self))
  }

  mutating func visitRepeatedMessageField<M: Message>(value: [M], fieldNumber: Int) throws {
    let inner = child(fieldNumber, M.self)
    try array(value, fieldNumber) { try $0.visit($1, as: inner) }
  }

  private func child<M: Message>(_ number: Int, _ type: M.Type) -> UnsafePointer<MessageTable> {
    table.pointee.field(number: number)?.pointee.message ?? Schema.shared.table(named: M.protoMessageName)
  }

  mutating func visitSingularGroupField<G: Message>(value: G, fieldNumber: Int) throws {
    try visitSingularMessageField(value: value, fieldNumber: fieldNumber)
  }

  mutating func visitRepeatedGroupField<G: Message>(value: [G], fieldNumber: Int) throws {
    try visitRepeatedMessageField(value: value, fieldNumber: fieldNumber)
  }

  /// Fields that the messages do not have cannot be named in JSON.
  mutating func visitUnknown(bytes: Data) throws {}

  // MARK: Enums

  mutating func visitSingularEnumField<E: Enum>(value: E, fieldNumber: Int) throws {
    key(fieldNumber)
    enumValue(value.rawValue, fieldNumber)
  }

  mutating func visitRepeatedEnumField<E: Enum>(value: [E], fieldNumber: Int) throws {
    array(value, fieldNumber) { $0.enumValue($1.rawValue, fieldNumber) }
  }

  private mutating func enumValue(_ value: Int, _ number: Int) {
    if let name = table.pointee.field(number: number)?.pointee.values?.pointee.name(of: value) {
      sink.plainText(name)
    } else {
      sink.number(Int64(value))
    }
  }

  // MARK: Numbers, text and bytes

  mutating func visitSingularInt32Field(value: Int32, fieldNumber: Int) throws {
    key(fieldNumber)
    sink.number(Int64(value))
  }

  mutating func visitSingularUInt32Field(value: UInt32, fieldNumber: Int) throws {
    key(fieldNumber)
    sink.number(Int64(value))
  }

  mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) throws {
    key(fieldNumber)
    sink.longNumber(String(value))
  }

  mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) throws {
    key(fieldNumber)
    sink.longNumber(String(value))
  }

  mutating func visitSingularFloatField(value: Float, fieldNumber: Int) throws {
    key(fieldNumber)
    // By way of the text, so that 0.1 stays 0.1.
    sink.number(value.isFinite ? Double(value.description) ?? Double(value) : Double(value))
  }

  mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) throws {
    key(fieldNumber)
    sink.number(value)
  }

  mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) throws {
    key(fieldNumber)
    sink.boolean(value)
  }

  mutating func visitSingularStringField(value: String, fieldNumber: Int) throws {
    key(fieldNumber)
    sink.text(value)
  }

  mutating func visitSingularBytesField(value: Data, fieldNumber: Int) throws {
    key(fieldNumber)
    sink.bytes(value)
  }

  mutating func visitRepeatedInt32Field(value: [Int32], fieldNumber: Int) throws {
    array(value, fieldNumber) { $0.sink.number(Int64($1)) }
  }

  mutating func visitRepeatedUInt32Field(value: [UInt32], fieldNumber: Int) throws {
    array(value, fieldNumber) { $0.sink.number(Int64($1)) }
  }

  mutating func visitRepeatedInt64Field(value: [Int64], fieldNumber: Int) throws {
    array(value, fieldNumber) { $0.sink.longNumber(String($1)) }
  }

  mutating func visitRepeatedUInt64Field(value: [UInt64], fieldNumber: Int) throws {
    array(value, fieldNumber) { $0.sink.longNumber(String($1)) }
  }

  mutating func visitRepeatedFloatField(value: [Float], fieldNumber: Int) throws {
    array(value, fieldNumber) { $0.sink.number(Double($1)) }
  }

  mutating func visitRepeatedDoubleField(value: [Double], fieldNumber: Int) throws {
    array(value, fieldNumber) { $0.sink.number($1) }
  }

  mutating func visitRepeatedBoolField(value: [Bool], fieldNumber: Int) throws {
    array(value, fieldNumber) { $0.sink.boolean($1) }
  }

  mutating func visitRepeatedStringField(value: [String], fieldNumber: Int) throws {
    array(value, fieldNumber) { $0.sink.text($1) }
  }

  mutating func visitRepeatedBytesField(value: [Data], fieldNumber: Int) throws {
    array(value, fieldNumber) { $0.sink.bytes($1) }
  }

  // MARK: Maps

  mutating func visitMapField<KeyType, ValueType: MapValueType>(
    fieldType: _ProtobufMap<KeyType, ValueType>.Type, value: _ProtobufMap<KeyType, ValueType>.BaseType,
    fieldNumber: Int
  ) throws {
    try map(value, fieldNumber) { visitor, entry in
      try ValueType.visitSingular(value: entry, fieldNumber: fieldNumber, with: &visitor)
    }
  }

  mutating func visitMapField<KeyType, ValueType>(
    fieldType: _ProtobufEnumMap<KeyType, ValueType>.Type, value: _ProtobufEnumMap<KeyType, ValueType>.BaseType,
    fieldNumber: Int
  ) throws where ValueType.RawValue == Int {
    map(value, fieldNumber) { $0.enumValue($1.rawValue, fieldNumber) }
  }

  mutating func visitMapField<KeyType, ValueType>(
    fieldType: _ProtobufMessageMap<KeyType, ValueType>.Type,
    value: _ProtobufMessageMap<KeyType, ValueType>.BaseType, fieldNumber: Int
  ) throws {
    let inner = child(fieldNumber, ValueType.self)
    try map(value, fieldNumber) { try $0.visit($1, as: inner) }
  }

  private mutating func map<Key, Value>(
    _ entries: [Key: Value], _ number: Int, _ body: (inout Self, Value) throws -> Void
  ) rethrows {
    key(number)
    let outer = isElement
    isElement = true
    sink.beginObject()
    let named = entries.map { (key: "\($0.key)", value: $0.value) }
    for entry in named.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      sink.key(entry.key)
      try body(&self, entry.value)
    }
    sink.endObject()
    isElement = outer
  }
}
