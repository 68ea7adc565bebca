extension GoDuration {
  /// Writes a span as Go's `Duration.String` does: `1h30m0s`, `1.5ms`, `0s`.
  public static func format(nanoseconds: Int64) -> String {
    let magnitude = nanoseconds.magnitude
    if magnitude == 0 { return "0s" }
    let sign = nanoseconds < 0 ? "-" : ""
    let second: UInt64 = 1_000_000_000
    if magnitude < second {
      let (unit, size): (String, UInt64) =
        magnitude < 1000 ? ("ns", 1) : magnitude < 1_000_000 ? ("µs", 1000) : ("ms", 1_000_000)
      return sign + decimal(magnitude, per: size) + unit
    }
    let minutes = magnitude / (60 * second)
    let seconds = decimal(magnitude % (60 * second), per: second) + "s"
    if minutes == 0 { return sign + seconds }
    if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
    return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
  }

  /// `value / size` as a decimal number without trailing zeros; `size` is a power of ten.
  private static func decimal(_ value: UInt64, per size: UInt64) -> String {
    let whole = "\(value / size)"
    guard value % size != 0 else { return whole }
    // A leading one keeps the zeros after the point.
    var digits = "\(size + value % size)".dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits)"
  }
}

/// Quotes text as Go's `time` package does in its errors: ASCII from the space on as it is, every other byte as `\xNN`.
package func goQuoted(_ text: some Sequence<UInt8>) -> String {
  var quoted = "\""
  for byte in text {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      quoted += "\\" + String(UnicodeScalar(byte))
    case 0x20..<0x80:
      quoted.unicodeScalars.append(UnicodeScalar(byte))
    default:
      let hex = String(byte, radix: 16)
      quoted += "\\x" + (hex.count == 1 ? "0" : "") + hex
    }
  }
  return quoted + "\""
}
