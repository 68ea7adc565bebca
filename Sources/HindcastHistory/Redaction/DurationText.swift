/// Durations as Go and Wippy write them: numbers in clothes.
enum DurationText {
  private static let units = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"]

  /// Whether the text is a duration, such as `1h30m`, `-0.5s`.
  static func isDuration(_ text: String) -> Bool {
    var rest = text.first.map { "+-".contains($0) } == true ? text.dropFirst() : text[...]
    guard !rest.isEmpty else { return false }
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { !($0.isNumber || $0 == ".") }
      guard number.contains(where: \.isNumber), number.count(where: { $0 == "." }) <= 1, units.contains(String(unit))
      else { return false }
      rest = rest.dropFirst(unit.count)
    }
    return true
  }
}
