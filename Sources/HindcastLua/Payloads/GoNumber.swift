/// Texts of floating-point numbers as Go writes them. All are the shortest that read back as the same number.
enum GoNumber {
  /// Plain decimal digits without an exponent: Go's `strconv.FormatFloat(x, 'f', -1, 64)`.
  static func plain(_ value: Double) -> String {
    guard value.isFinite else { return special(value) }
    return Digits(value).plain
  }

  /// Go's `encoding/json` for a float: plain digits where 1e-6 ≤ |x| < 1e21, else an exponent.
  static func json(_ value: Double) -> String {
    let magnitude = value.magnitude
    let digits = Digits(value)
    if magnitude == 0 || (magnitude >= 1e-6 && magnitude < 1e21) { return digits.plain }
    return digits.scientific(minimumExponentDigits: 1, plus: "+")
  }

  /// Go's `%v`: an exponent below −4 and from 21 on.
  static func general(_ value: Double) -> String {
    guard value.isFinite else { return special(value) }
    let digits = Digits(value)
    let exponent = digits.point - 1
    if value != 0 && (exponent < -4 || exponent >= 21) {
      return digits.scientific(minimumExponentDigits: 2, plus: "+")
    }
    return digits.plain
  }

  /// Go's `strconv.FormatFloat(x, 'g', -1, 64)`, as YAML has it: an exponent below −4 and from 6 on.
  static func yaml(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? ".nan" : value < 0 ? "-.inf" : ".inf" }
    let digits = Digits(value)
    let exponent = digits.point - 1
    if value != 0 && (exponent < -4 || exponent >= 6) {
      return digits.scientific(minimumExponentDigits: 2, plus: "+")
    }
    return digits.plain
  }

  private static func special(_ value: Double) -> String {
    value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf"
  }

  /// The shortest decimal digits of a finite number: `0.digits × 10^point`.
  private struct Digits {
    var isNegative = false
    var digits: [UInt8] = []
    var point = 0

    init(_ value: Double) {
      var exponent = 0
      var sawPoint = false
      var text = value.description.utf8[...]
      if text.first == UInt8(ascii: "-") {
        isNegative = true
        text.removeFirst()
      }
      if let mark = text.firstIndex(where: { $0 == UInt8(ascii: "e") }) {
        exponent = Int(Substring(text[text.index(after: mark)...])) ?? 0
        text = text[..<mark]
      }
      for byte in text {
        if byte == UInt8(ascii: ".") {
          sawPoint = true
          continue
        }
        if byte == UInt8(ascii: "0"), digits.isEmpty {
          if sawPoint { point -= 1 }
          continue
        }
        digits.append(byte)
        if !sawPoint { point += 1 }
      }
      point += exponent
      while digits.last == UInt8(ascii: "0") { digits.removeLast() }
      if digits.isEmpty { point = 1 }
    }

    var plain: String {
      if digits.isEmpty { return isNegative ? "-0" : "0" }
      var out = isNegative ? "-" : ""
      if point <= 0 {
        out += "0." + String(repeating: "0", count: -point) + String(decoding: digits, as: UTF8.self)
      } else if point >= digits.count {
        out += String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: point - digits.count)
      } else {
        out +=
          String(decoding: digits[..<point], as: UTF8.self) + "." + String(decoding: digits[point...], as: UTF8.self)
      }
      return out
    }

    func scientific(minimumExponentDigits: Int, plus: String) -> String {
      var out = isNegative ? "-" : ""
      out += String(decoding: digits.prefix(1), as: UTF8.self)
      if digits.count > 1 { out += "." + String(decoding: digits.dropFirst(), as: UTF8.self) }
      let exponent = String((point - 1).magnitude)
      let padding = String(repeating: "0", count: max(0, minimumExponentDigits - exponent.count))
      return out + "e" + (point - 1 < 0 ? "-" : plus) + padding + exponent
    }
  }
}
