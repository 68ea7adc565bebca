/// Which lines a compiled program has code for, functions that were never called included.
///
/// Lua tells the lines of a function that exists; those of one that was never made stand only in the compiled form, which
/// is laid out as Lua 5.4 dumps it.
struct CompiledLines {
  private var bytes: ArraySlice<UInt8>
  private var lines: Set<Int> = []

  /// A form that is not what was expected.
  private struct Unreadable: Error {}

  /// The lines of a program made by `LuaProgram`; nil where the form is unknown.
  static func active(in compiled: [UInt8]) -> Set<Int>? {
    var reader = CompiledLines(bytes: compiled[...])
    do {
      try reader.header()
      // The program is a function that makes the chunk; only the chunk's own code is the user's.
      try reader.function(isCounted: false)
      return reader.lines
    } catch {
      return nil
    }
  }

  /// Signature, version 5.4, format 0, check data; then the sizes of instructions, integers and floats; then one of each.
  private mutating func header() throws(Unreadable) {
    let expected: [UInt8] = [0x1B, 0x4C, 0x75, 0x61, 0x54, 0, 0x19, 0x93, 0x0D, 0x0A, 0x1A, 0x0A, 4, 8, 8]
    guard try take(expected.count).elementsEqual(expected) else { throw Unreadable() }
    _ = try take(8 + 8 + 1)
  }

  private mutating func function(isCounted: Bool) throws(Unreadable) {
    try skipString()
    let firstLine = try integer()
    _ = try integer()
    _ = try take(1)
    let isVararg = try take(1).first != 0
    _ = try take(1)
    let instructions = try integer()
    _ = try take(instructions, of: 4)
    try skipConstants()
    _ = try take(try integer(), of: 3)
    for _ in 0..<(try integer()) { try function(isCounted: true) }
    let relative = try take(try integer())
    var absolute: [Int: Int] = [:]
    for _ in 0..<(try integer()) {
      let instruction = try integer()
      absolute[instruction] = try integer()
    }
    for _ in 0..<(try integer()) {
      try skipString()
      _ = try integer()
      _ = try integer()
    }
    for _ in 0..<(try integer()) { try skipString() }
    guard isCounted else { return }
    var line = firstLine
    // The first instruction of a vararg function prepares its arguments; the last one of any returns, whether or not
    // something returned before.
    for (instruction, step) in relative.dropLast().enumerated() {
      let change = Int(Int8(bitPattern: step))
      line = change == -128 ? absolute[instruction] ?? line : line + change
      if instruction > 0 || !isVararg { lines.insert(line) }
    }
  }

  private mutating func skipConstants() throws(Unreadable) {
    for _ in 0..<(try integer()) {
      switch try take(1).first {
      case 0x00, 0x01, 0x11: break
      case 0x03, 0x13: _ = try take(8)
      case 0x04, 0x14: try skipString()
      default: throw Unreadable()
      }
    }
  }

  private mutating func skipString() throws(Unreadable) {
    let size = try integer()
    if size > 0 { _ = try take(size - 1) }
  }

  /// Seven bits a byte, the highest first; the last byte has its top bit set.
  private mutating func integer() throws(Unreadable) -> Int {
    var value = 0
    while let byte = bytes.popFirst() {
      guard value < 1 << 48 else { throw Unreadable() }
      value = value << 7 | Int(byte & 0x7F)
      if byte & 0x80 != 0 { return value }
    }
    throw Unreadable()
  }

  private mutating func take(_ count: Int, of size: Int = 1) throws(Unreadable) -> ArraySlice<UInt8> {
    guard count <= bytes.count / size else { throw Unreadable() }
    defer { bytes = bytes.dropFirst(count * size) }
    return bytes.prefix(count * size)
  }
}
