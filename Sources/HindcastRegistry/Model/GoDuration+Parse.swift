extension GoDuration {
  /// Reads a Go duration string.
  ///
  /// - Returns: the span in nanoseconds.
  /// - Throws: ``GoDurationError`` with Go's text.
  public static func parse(_ text: String) throws(GoDurationError) -> Int64 {
    var rest = Array(text.utf8)[...]
    var isNegative = false
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      rest.removeFirst()
    }
    if rest.elementsEqual("0".utf8) { return 0 }
    if rest.isEmpty { throw .invalid(text) }

    // Magnitudes are kept unsigned up to 2^63, because only a negative span may reach that.
    let limit = UInt64(1) << 63
    var total: UInt64 = 0
    while !rest.isEmpty {
      var (magnitude, fraction) = try takeNumber(from: &rest, of: text)
      let unitName = rest.prefix { $0 != UInt8(ascii: ".") && !isDigit($0) }
      if unitName.isEmpty { throw .missingUnit(text) }
      rest = rest[unitName.endIndex...]
      let name = String(decoding: unitName, as: UTF8.self)
      guard let unit = units[name] else { throw .unknownUnit(name, in: text) }
      if magnitude > limit / unit { throw .invalid(text) }
      magnitude *= unit
      if fraction.digits > 0 {
        // Go computes this product in binary64, and truncates; so do we, to land on the same nanosecond.
        magnitude += UInt64(Double(fraction.digits) * (Double(unit) / fraction.scale))
        if magnitude > limit { throw .invalid(text) }
      }
      let (sum, overflow) = total.addingReportingOverflow(magnitude)
      if overflow || sum > limit { throw .invalid(text) }
      total = sum
    }
    if isNegative { return total == limit ? .min : -Int64(total) }
    guard let nanoseconds = Int64(exactly: total) else { throw .invalid(text) }
    return nanoseconds
  }

  /// How many nanoseconds a unit has. Go takes both the micro sign (U+00B5) and the Greek letter mu (U+03BC); the keys
  /// compare by canonical equivalence, under which the two differ.
  private static let units: [String: UInt64] = [
    "ns": 1, "us": 1000, "\u{B5}s": 1000, "\u{3BC}s": 1000, "ms": 1_000_000, "s": 1_000_000_000,
    "m": 60_000_000_000, "h": 3_600_000_000_000,
  ]

  /// Takes `[0-9]*(\.[0-9]*)?` with at least one digit: the whole part, and the fraction as digits over a power of ten.
  private static func takeNumber(
    from rest: inout ArraySlice<UInt8>, of text: String
  ) throws(GoDurationError) -> (whole: UInt64, fraction: (digits: UInt64, scale: Double)) {
    let limit = UInt64(1) << 63
    var whole: UInt64 = 0
    var hasDigits = false
    while let byte = rest.first, isDigit(byte) {
      if whole > limit / 10 { throw .invalid(text) }
      whole = whole * 10 + UInt64(byte - UInt8(ascii: "0"))
      if whole > limit { throw .invalid(text) }
      hasDigits = true
      rest.removeFirst()
    }
    var digits: UInt64 = 0
    var scale = 1.0
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      var isFull = false
      while let byte = rest.first, isDigit(byte) {
        hasDigits = true
        rest.removeFirst()
        // Digits past what 63 bits hold are dropped, as in Go.
        if isFull || digits > (limit - 1) / 10 {
          isFull = true
          continue
        }
        let next = digits * 10 + UInt64(byte - UInt8(ascii: "0"))
        if next > limit {
          isFull = true
          continue
        }
        digits = next
        scale *= 10
      }
    }
    if !hasDigits { throw .invalid(text) }
    return (whole, (digits, scale))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
