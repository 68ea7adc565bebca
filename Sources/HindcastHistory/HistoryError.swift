/// Why a file could not be read as histories, and where in it.
public struct HistoryError: Error, Sendable, Equatable {
  /// The kinds of failure, stable across versions.
  public enum Code: String, Sendable, CaseIterable {
    /// The file does not exist or cannot be read.
    case unreadable
    /// There are no bytes, or only white space.
    case empty
    /// The bytes are neither a known JSON form nor a known binary message.
    case unrecognized
    /// The bytes end in the middle of a value.
    case truncated
    /// The text is not JSON.
    case syntax
    /// A string is not valid UTF-8.
    case encoding
    /// A value does not fit its field.
    case value
    /// A number is outside the range of its field.
    case range
    /// An event carries the attributes of two event types.
    case conflictingAttributes
    /// Objects or arrays are nested too deeply.
    case depth
    /// A binary message is malformed.
    case binary
    /// The gzip stream is damaged.
    case compression
    /// The decompressed content is larger than allowed.
    case tooLarge
  }

  /// What kind of failure it is.
  public var code: Code

  /// The file, or the name given with the bytes.
  public var file: String

  /// The ID of the event in which the fault lies, if it is in one and its ID is known.
  public var eventID: Int64?

  /// The JSON pointer (RFC 6901) of the faulty value, where there is one.
  public var pointer: String?

  /// The offset of the fault in the (decompressed) bytes, from 0.
  public var offset: Int?

  /// The line of the fault, from 1, in a text.
  public var line: Int?

  /// The column of the fault, from 1 and in bytes, in a text.
  public var column: Int?

  /// What is wrong, without the place.
  public var message: String

  /// What to do about it.
  public var hint: String?

  /// Describes a failure.
  public init(
    code: Code, file: String, eventID: Int64? = nil, pointer: String? = nil, offset: Int? = nil, line: Int? = nil,
    column: Int? = nil, message: String, hint: String? = nil
  ) {
    self.code = code
    self.file = file
    self.eventID = eventID
    self.pointer = pointer
    self.offset = offset
    self.line = line
    self.column = column
    self.message = message
    self.hint = hint
  }
}

extension HistoryError: CustomStringConvertible {
  /// `file:line:column: message (event 5, at /events/4/eventType). Hint.`
  public var description: String {
    var text = file
    if let line, let column {
      text += ":\(line):\(column)"
    } else if let offset {
      text += ": byte \(offset)"
    }
    text += ": \(message)"
    var place: [String] = []
    if let eventID { place.append("event \(eventID)") }
    if let pointer, !pointer.isEmpty { place.append("at \(pointer)") }
    if !place.isEmpty { text += " (\(place.joined(separator: ", ")))" }
    if let hint { text += ". \(hint)" }
    return text
  }
}
