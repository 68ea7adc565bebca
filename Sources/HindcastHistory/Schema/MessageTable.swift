/// What the JSON reader and writer know of one message type.
///
/// Tables are plain memory without references, made once by `Schema` and kept as long as the process.
struct MessageTable {
  /// How the JSON form of a message differs from an object of its fields.
  enum Kind: UInt8 {
    case plain
    case timestamp
    case duration
    case payload
    case payloads
  }

  var kind: Kind
  var name: UnsafeBufferPointer<UInt8>
  /// From JSON names and original names to places in `fields`.
  var index: NameIndex
  /// The fields, by ascending number.
  var fields: UnsafeBufferPointer<FieldTable>
  /// From field numbers to places in `fields`; -1 where a number is no field.
  var places: UnsafeBufferPointer<Int16>

  /// The field with a number.
  @inline(__always)
  func field(number: Int) -> UnsafePointer<FieldTable>? {
    guard number >= 0, number < places.count, places[number] >= 0 else { return nil }
    return fields.baseAddress.map { $0 + Int(places[number]) }
  }
}

/// One field of a message type.
struct FieldTable {
  var number: Int32
  /// The place of the field in its message, which is also its bit in the set of fields seen.
  var place: Int32
  /// A number that no other field of any message has, from 0.
  var serial: Int32
  var isMap: Bool
  /// The name in JSON, in lower camel case.
  var jsonName: UnsafeBufferPointer<UInt8>
  /// The message type of the field, or of a map's values.
  var message: UnsafePointer<MessageTable>?
  /// The enum type of the field.
  var values: UnsafePointer<EnumTable>?
}

/// The values of one enum type.
struct EnumTable {
  /// From every accepted spelling to the number.
  var index: NameIndex
  /// The canonical names by number; empty where a number has none.
  var names: UnsafeBufferPointer<UnsafeBufferPointer<UInt8>>

  /// The number of a name in any accepted spelling.
  func number(of name: String) -> Int32? {
    Array(name.utf8).withUnsafeBufferPointer { bytes in bytes.baseAddress.flatMap { index[$0, bytes.count] } }
  }

  /// The canonical name of a number, such as `EVENT_TYPE_TIMER_FIRED`.
  func name(of number: Int) -> UnsafeBufferPointer<UInt8>? {
    guard names.indices.contains(number), !names[number].isEmpty else { return nil }
    return names[number]
  }
}
