/// Reads tokens of a JSON text from its bytes, without making a tree.
///
/// The bytes must outlive the scanner; it never reads past their end.
struct JSONScanner {
  /// How deep objects and arrays may be nested in a value: what the smallest stacks of threads, 512 KiB, bear with ease.
  static let depthLimit = 200

  let base: UnsafePointer<UInt8>
  let end: Int
  var position: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) {
    // An empty buffer may have no address; any address does when no byte is read.
    base = bytes.baseAddress ?? JSONScanner.nothing
    end = bytes.count
    position = start
  }

  nonisolated(unsafe) private static let nothing: UnsafePointer<UInt8> = {
    let byte = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    byte.initialize(to: 0)
    return UnsafePointer(byte)
  }()

  /// Passes over white space.
  @inline(__always)
  mutating func skipWhitespace() {
    while position < end {
      let byte = base[position]
      if byte > 0x20 { return }
      if byte == 0x20 {
        // Indentation comes in long runs of spaces.
        while position &+ 8 <= end, loadWord(base + position) == 0x2020_2020_2020_2020 { position &+= 8 }
        if position < end, base[position] == 0x20 { position &+= 1 }
      } else if byte == 0x0A || byte == 0x0D || byte == 0x09 {
        position &+= 1
      } else {
        return
      }
    }
  }

  /// The next byte after white space, which stays unread.
  @inline(__always)
  mutating func peek() throws -> UInt8 {
    skipWhitespace()
    guard position < end else { throw truncated() }
    return base[position]
  }

  /// The next byte after white space, or `nil` at the end.
  mutating func peekOrEnd() -> UInt8? {
    skipWhitespace()
    return position < end ? base[position] : nil
  }

  /// Reads one punctuation character.
  @inline(__always)
  mutating func expect(_ byte: UInt8) throws {
    guard try peek() == byte else { throw unexpected("“\(Character(Unicode.Scalar(byte)))”") }
    position &+= 1
  }

  /// Reads the start of an object or array, and says whether it has content.
  @inline(__always)
  mutating func open(_ start: UInt8, closedBy close: UInt8) throws -> Bool {
    try expect(start)
    if try peek() == close {
      position &+= 1
      return false
    }
    return true
  }

  /// Reads what follows an element of an object or array, and says whether another element follows.
  @inline(__always)
  mutating func next(closedBy close: UInt8) throws -> Bool {
    let byte = try peek()
    if byte == UInt8(ascii: ",") {
      position &+= 1
      if try peek() == close { throw fault(.syntax, "there is a comma before “\(Character(Unicode.Scalar(close)))”") }
      return true
    }
    guard byte == close else { throw unexpected("“,” or “\(Character(Unicode.Scalar(close)))”") }
    position &+= 1
    return false
  }

  /// Reads `null` if it is next.
  @inline(__always)
  mutating func skipNull() throws -> Bool {
    guard try peek() == UInt8(ascii: "n") else { return false }
    try literal("null")
    return true
  }

  /// Reads a literal name.
  mutating func literal(_ name: StaticString) throws {
    let count = name.utf8CodeUnitCount
    guard position &+ count <= end else { throw truncated() }
    guard bytesEqual(name.utf8Start, base + position, count) else { throw unexpected("a value") }
    position &+= count
    if position < end, Self.continuesWord(base[position]) { throw unexpected("the end of “\(name)”") }
  }

  private static func continuesWord(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
      || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
  }

  // MARK: Passing over values

  /// Passes over one value of any kind.
  mutating func skipValue(depth: Int = 0) throws {
    switch try peek() {
    case UInt8(ascii: "{"):
      guard depth < Self.depthLimit else { throw fault(.depth, "objects are nested more than \(Self.depthLimit) deep") }
      var more = try open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
      while more {
        _ = try rawString(of: "a key")
        try expect(UInt8(ascii: ":"))
        try skipValue(depth: depth + 1)
        more = try next(closedBy: UInt8(ascii: "}"))
      }
    case UInt8(ascii: "["):
      guard depth < Self.depthLimit else { throw fault(.depth, "arrays are nested more than \(Self.depthLimit) deep") }
      var more = try open(UInt8(ascii: "["), closedBy: UInt8(ascii: "]"))
      while more {
        try skipValue(depth: depth + 1)
        more = try next(closedBy: UInt8(ascii: "]"))
      }
    case UInt8(ascii: "\""): _ = try rawString(of: "a string")
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    default: _ = try number()
    }
  }

  // MARK: Faults

  /// A fault at the present position, or at another one.
  func fault(_ code: HistoryError.Code, _ message: String, at offset: Int? = nil, hint: String? = nil) -> ReadFault {
    ReadFault(code: code, offset: offset ?? position, message: message, hint: hint)
  }

  func truncated() -> ReadFault {
    fault(.truncated, "the file ends in the middle of a value", hint: "It may have been cut off while it was copied")
  }

  /// A fault that names what was expected and what stands there.
  func unexpected(_ expected: String) -> ReadFault {
    guard position < end else { return truncated() }
    return fault(.syntax, "expected \(expected), found \(found())")
  }

  /// What stands at the present position, in words.
  func found() -> String {
    guard position < end else { return "the end of the file" }
    switch base[position] {
    case UInt8(ascii: "{"): return "an object"
    case UInt8(ascii: "["): return "an array"
    case UInt8(ascii: "\""): return "a string"
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return "a number"
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return "a boolean"
    case UInt8(ascii: "n"): return "null"
    case let byte where byte > 0x20 && byte < 0x7F: return "“\(Character(Unicode.Scalar(byte)))”"
    case let byte: return "the byte 0x\(String(byte, radix: 16, uppercase: true))"
    }
  }
}
