extension JSONScanner {
  /// Reads a number and gives the range of its bytes.
  mutating func number() throws -> Range<Int> {
    let start = position
    if position < end, base[position] == UInt8(ascii: "-") { position &+= 1 }
    let integer = digits()
    guard integer > 0 else {
      position = start
      throw unexpected("a value")
    }
    if position < end, base[position] == UInt8(ascii: ".") {
      position &+= 1
      guard digits() > 0 else { throw unexpected("a digit") }
    }
    if position < end, base[position] | 0x20 == UInt8(ascii: "e") {
      position &+= 1
      if position < end, base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-") { position &+= 1 }
      guard digits() > 0 else { throw unexpected("a digit") }
    }
    return start..<position
  }

  private mutating func digits() -> Int {
    let start = position
    while position < end, base[position] &- UInt8(ascii: "0") < 10 { position &+= 1 }
    return position &- start
  }

  /// Reads an integer that may be written as a number or as a string, as protobuf allows both.
  @inline(__always)
  mutating func integer<I: FixedWidthInteger>(as type: I.Type) throws -> I {
    var start = try peek() == UInt8(ascii: "\"") ? position &+ 1 : position
    let isQuoted = start != position
    let first = start
    let isNegative = start < end && base[start] == UInt8(ascii: "-")
    if isNegative { start &+= 1 }
    var magnitude: UInt64 = 0
    var scan = start
    // Eighteen digits cannot overflow; anything longer takes the slow path.
    while scan < end, scan &- start < 18, base[scan] &- UInt8(ascii: "0") < 10 {
      magnitude = magnitude &* 10 &+ UInt64(base[scan] &- UInt8(ascii: "0"))
      scan &+= 1
    }
    if scan > start, scan < end, isQuoted ? base[scan] == UInt8(ascii: "\"") : Self.endsNumber(base[scan]) {
      let value = isNegative ? -Int64(magnitude) : Int64(magnitude)
      guard let result = I(exactly: value) else { throw outOfRange(first..<scan) }
      position = isQuoted ? scan &+ 1 : scan
      return result
    }
    return try unusualInteger(isQuoted: isQuoted)
  }

  @inline(__always)
  private static func endsNumber(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") || byte <= 0x20
  }

  /// Integers with many digits, a fraction of zeros or an exponent, and everything that is none.
  private mutating func unusualInteger<I: FixedWidthInteger>(isQuoted: Bool) throws -> I {
    let start = position
    let (text, range) = try numberText(isQuoted: isQuoted, what: "an integer")
    if let value = I(text) { return value }
    guard let value = Double(text) else {
      position = start
      throw fault(.value, "expected an integer, found “\(text.prefix(40))”")
    }
    guard value.rounded() == value else {
      position = start
      throw fault(.value, "expected an integer, found \(text.prefix(40))")
    }
    // Above 2^53 a number with an exponent stands for several integers.
    guard abs(value) <= 9_007_199_254_740_992, let result = I(exactly: value) else { throw outOfRange(range) }
    return result
  }

  /// Reads a number that may be written as a string.
  mutating func double() throws -> Double {
    let isQuoted = try peek() == UInt8(ascii: "\"")
    let start = position
    let text = try numberText(isQuoted: isQuoted, what: "a number").text
    switch text {
    case "NaN": return .nan
    case "Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: break
    }
    guard let value = Double(text), value.isFinite else {
      position = start
      throw fault(.value, "expected a number, found “\(text.prefix(40))”")
    }
    return value
  }

  private mutating func numberText(isQuoted: Bool, what: String) throws -> (text: String, range: Range<Int>) {
    if isQuoted {
      let raw = try rawString(of: what)
      return (try text(of: raw), raw.start..<raw.start + raw.count)
    }
    guard base[position] == UInt8(ascii: "-") || base[position] &- UInt8(ascii: "0") < 10 else {
      throw fault(.value, "expected \(what), found \(found())")
    }
    let range = try number()
    return (
      String(decoding: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count), as: UTF8.self), range
    )
  }

  private func outOfRange(_ range: Range<Int>) -> ReadFault {
    let shown = min(range.count, 40)
    let text = String(decoding: UnsafeBufferPointer(start: base + range.lowerBound, count: shown), as: UTF8.self)
    return fault(
      .range, "the number \(text)\(shown < range.count ? "…" : "") does not fit its field", at: range.lowerBound)
  }
}
