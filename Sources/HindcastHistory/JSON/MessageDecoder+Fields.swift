import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// What SwiftProtobuf's `Decoder` asks for, one function for each kind of field. In JSON a number is a number, however it is
// written in binary.

extension MessageDecoder {
  // MARK: Messages

  mutating func decodeSingularMessageField<M: Message>(value: inout M?) throws {
    value = try self.value(M.self, table: childTable(M.self))
  }

  mutating func decodeRepeatedMessageField<M: Message>(value: inout [M]) throws {
    let table = childTable(M.self)
    try array(&value) { try $0.value(M.self, table: table) }
  }

  /// The table of the messages that the present field holds.
  @inline(__always)
  private func childTable<M: Message>(_ type: M.Type) -> UnsafePointer<MessageTable> {
    frame.field?.pointee.message ?? Schema.shared.table(named: M.protoMessageName)
  }

  mutating func decodeSingularGroupField<G: Message>(value: inout G?) throws {
    throw expected("a group, which JSON does not have")
  }

  mutating func decodeRepeatedGroupField<G: Message>(value: inout [G]) throws {
    throw expected("a group, which JSON does not have")
  }

  // MARK: Maps

  mutating func decodeMapField<KeyType, ValueType: MapValueType>(
    fieldType: _ProtobufMap<KeyType, ValueType>.Type, value: inout _ProtobufMap<KeyType, ValueType>.BaseType
  ) throws {
    try map(&value, { try $0.mapKey(KeyType.self) }) { decoder in
      if try decoder.scanner.skipNull() { return nil }
      var entry: ValueType.BaseType?
      try ValueType.decodeSingular(value: &entry, from: &decoder)
      return entry
    }
  }

  mutating func decodeMapField<KeyType, ValueType>(
    fieldType: _ProtobufEnumMap<KeyType, ValueType>.Type, value: inout _ProtobufEnumMap<KeyType, ValueType>.BaseType
  ) throws where ValueType.RawValue == Int {
    try map(&value, { try $0.mapKey(KeyType.self) }) { decoder in
      try decoder.scanner.skipNull() ? nil : try decoder.enumValue(ValueType.self)
    }
  }

  mutating func decodeMapField<KeyType, ValueType>(
    fieldType: _ProtobufMessageMap<KeyType, ValueType>.Type,
    value: inout _ProtobufMessageMap<KeyType, ValueType>.BaseType
  ) throws {
    let table = childTable(ValueType.self)
    try map(&value, { try $0.mapKey(KeyType.self) }) { decoder in
      // In shorthand, null is a payload too.
      if table.pointee.kind != .payload, try decoder.scanner.skipNull() { return nil }
      return try decoder.value(ValueType.self, table: table)
    }
  }

  private mutating func mapKey<Key: MapKeyType>(_ type: Key.Type) throws -> Key.BaseType? {
    guard try scanner.peek() == UInt8(ascii: "\"") else { throw scanner.unexpected("a key") }
    var key: Key.BaseType?
    try Key.decodeSingular(value: &key, from: &self)
    return key
  }

  // MARK: Extensions

  mutating func decodeExtensionField(
    values: inout ExtensionFieldValueSet, messageType: any Message.Type, fieldNumber: Int
  ) throws {
    throw expected("an extension, which proto3 does not have")
  }

  // MARK: Enums

  mutating func decodeSingularEnumField<E: Enum>(value: inout E) throws where E.RawValue == Int {
    value = try enumValue(E.self)
  }

  mutating func decodeSingularEnumField<E: Enum>(value: inout E?) throws where E.RawValue == Int {
    value = try enumValue(E.self)
  }

  mutating func decodeRepeatedEnumField<E: Enum>(value: inout [E]) throws where E.RawValue == Int {
    try array(&value) { try $0.enumValue(E.self) }
  }

  // MARK: Text and bytes

  mutating func decodeSingularStringField(value: inout String) throws { value = try text() }
  mutating func decodeSingularStringField(value: inout String?) throws { value = try text() }
  mutating func decodeRepeatedStringField(value: inout [String]) throws { try array(&value) { try $0.text() } }

  mutating func decodeSingularBytesField(value: inout Data) throws { value = try bytes() }
  mutating func decodeSingularBytesField(value: inout Data?) throws { value = try bytes() }
  mutating func decodeRepeatedBytesField(value: inout [Data]) throws { try array(&value) { try $0.bytes() } }

  // MARK: Booleans

  mutating func decodeSingularBoolField(value: inout Bool) throws { value = try boolean() }
  mutating func decodeSingularBoolField(value: inout Bool?) throws { value = try boolean() }
  mutating func decodeRepeatedBoolField(value: inout [Bool]) throws { try array(&value) { try $0.boolean() } }

  // MARK: Floating point

  mutating func decodeSingularDoubleField(value: inout Double) throws { value = try scanner.double() }
  mutating func decodeSingularDoubleField(value: inout Double?) throws { value = try scanner.double() }
  mutating func decodeRepeatedDoubleField(value: inout [Double]) throws {
    try array(&value) { try $0.scanner.double() }
  }

  mutating func decodeSingularFloatField(value: inout Float) throws { value = try float() }
  mutating func decodeSingularFloatField(value: inout Float?) throws { value = try float() }
  mutating func decodeRepeatedFloatField(value: inout [Float]) throws { try array(&value) { try $0.float() } }

  private mutating func float() throws -> Float { Float(try scanner.double()) }

  // MARK: Integers

  mutating func decodeSingularInt32Field(value: inout Int32) throws { value = try integer(Int32.self) }
  mutating func decodeSingularInt32Field(value: inout Int32?) throws { value = try integer(Int32.self) }
  mutating func decodeRepeatedInt32Field(value: inout [Int32]) throws {
    try array(&value) { try $0.integer(Int32.self) }
  }

  mutating func decodeSingularSInt32Field(value: inout Int32) throws { value = try integer(Int32.self) }
  mutating func decodeSingularSInt32Field(value: inout Int32?) throws { value = try integer(Int32.self) }
  mutating func decodeRepeatedSInt32Field(value: inout [Int32]) throws {
    try array(&value) { try $0.integer(Int32.self) }
  }

  mutating func decodeSingularSFixed32Field(value: inout Int32) throws { value = try integer(Int32.self) }
  mutating func decodeSingularSFixed32Field(value: inout Int32?) throws { value = try integer(Int32.self) }
  mutating func decodeRepeatedSFixed32Field(value: inout [Int32]) throws {
    try array(&value) { try $0.integer(Int32.self) }
  }

  mutating func decodeSingularInt64Field(value: inout Int64) throws { value = try integer(Int64.self) }
  mutating func decodeSingularInt64Field(value: inout Int64?) throws { value = try integer(Int64.self) }
  mutating func decodeRepeatedInt64Field(value: inout [Int64]) throws {
    try array(&value) { try $0.integer(Int64.self) }
  }

  mutating func decodeSingularSInt64Field(value: inout Int64) throws { value = try integer(Int64.self) }
  mutating func decodeSingularSInt64Field(value: inout Int64?) throws { value = try integer(Int64.self) }
  mutating func decodeRepeatedSInt64Field(value: inout [Int64]) throws {
    try array(&value) { try $0.integer(Int64.self) }
  }

  mutating func decodeSingularSFixed64Field(value: inout Int64) throws { value = try integer(Int64.self) }
  mutating func decodeSingularSFixed64Field(value: inout Int64?) throws { value = try integer(Int64.self) }
  mutating func decodeRepeatedSFixed64Field(value: inout [Int64]) throws {
    try array(&value) { try $0.integer(Int64.self) }
  }

  mutating func decodeSingularUInt32Field(value: inout UInt32) throws { value = try integer(UInt32.self) }
  mutating func decodeSingularUInt32Field(value: inout UInt32?) throws { value = try integer(UInt32.self) }
  mutating func decodeRepeatedUInt32Field(value: inout [UInt32]) throws {
    try array(&value) { try $0.integer(UInt32.self) }
  }

  mutating func decodeSingularFixed32Field(value: inout UInt32) throws { value = try integer(UInt32.self) }
  mutating func decodeSingularFixed32Field(value: inout UInt32?) throws { value = try integer(UInt32.self) }
  mutating func decodeRepeatedFixed32Field(value: inout [UInt32]) throws {
    try array(&value) { try $0.integer(UInt32.self) }
  }

  mutating func decodeSingularUInt64Field(value: inout UInt64) throws { value = try integer(UInt64.self) }
  mutating func decodeSingularUInt64Field(value: inout UInt64?) throws { value = try integer(UInt64.self) }
  mutating func decodeRepeatedUInt64Field(value: inout [UInt64]) throws {
    try array(&value) { try $0.integer(UInt64.self) }
  }

  mutating func decodeSingularFixed64Field(value: inout UInt64) throws { value = try integer(UInt64.self) }
  mutating func decodeSingularFixed64Field(value: inout UInt64?) throws { value = try integer(UInt64.self) }
  mutating func decodeRepeatedFixed64Field(value: inout [UInt64]) throws {
    try array(&value) { try $0.integer(UInt64.self) }
  }
}
