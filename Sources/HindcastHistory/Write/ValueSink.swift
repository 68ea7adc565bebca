#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Takes the JSON form of a message, piece by piece.
protocol ValueSink {
  mutating func beginObject()
  /// The name of a member, in UTF-8 and without characters that JSON escapes.
  mutating func key(_ name: UnsafeBufferPointer<UInt8>)
  /// The key of a map's entry, any text.
  mutating func key(_ text: String)
  mutating func endObject()
  mutating func beginArray()
  mutating func endArray()
  mutating func text(_ value: String)
  /// Text in ASCII without characters that JSON escapes, such as an enum value's name.
  mutating func plainText(_ value: UnsafeBufferPointer<UInt8>)
  mutating func bytes(_ value: Data)
  mutating func boolean(_ value: Bool)
  /// A number that JSON readers take exactly.
  mutating func number(_ value: Int64)
  /// A number of 64 bits, which protobuf writes as a string.
  mutating func longNumber(_ value: String)
  mutating func number(_ value: Double)
  mutating func timestamp(_ value: TimeText.Value)
  mutating func duration(_ value: TimeText.Value)
}
