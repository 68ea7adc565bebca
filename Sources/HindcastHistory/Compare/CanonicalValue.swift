/// A value of a canonical history: JSON, with what differs between any two recordings already replaced.
public indirect enum CanonicalValue: Sendable, Equatable {
  /// No value: a payload of encoding `binary/null`, or null in a payload's JSON.
  case null
  /// A boolean.
  case boolean(Bool)
  /// A number, as it is written.
  case number(String)
  /// A text.
  case text(String)
  /// A list.
  case array([CanonicalValue])
  /// An object. The members of messages stand in the order of their field numbers, all others in the order of their keys.
  case object([Member])

  /// One member of an object.
  public struct Member: Sendable, Equatable {
    /// The key.
    public var key: String
    /// The value.
    public var value: CanonicalValue

    /// Names a value.
    public init(key: String, value: CanonicalValue) {
      self.key = key
      self.value = value
    }
  }

  /// The member of an object with a key.
  public subscript(key: String) -> CanonicalValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }
}

extension CanonicalValue: CustomStringConvertible {
  /// The value as JSON in one line.
  public var description: String {
    var text = JSONText(isIndented: false)
    write(to: &text)
    return String(decoding: text.out, as: UTF8.self)
  }

  private func write(to text: inout JSONText) {
    switch self {
    case .null: text.raw("null")
    case .boolean(let value): text.boolean(value)
    case .number(let value): text.raw(value)
    case .text(let value): text.text(value)
    case .array(let values):
      text.beginArray()
      for value in values { value.write(to: &text) }
      text.endArray()
    case .object(let members):
      text.beginObject()
      for member in members {
        text.key(member.key)
        member.value.write(to: &text)
      }
      text.endObject()
    }
  }
}
