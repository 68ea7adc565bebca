extension String {
  /// The text with each character mapped to its simple upper or lower case, as Go's `unicode.ToUpper` does: a mapping to
  /// more than one character leaves the character as it is.
  func withSimpleCase(upper: Bool) -> String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      let mapped = (upper ? scalar.properties.uppercaseMapping : scalar.properties.lowercaseMapping).unicodeScalars
      if let first = mapped.first, mapped.count == 1 {
        result.append(first)
      } else {
        result.append(scalar == "\u{130}" ? "i" : scalar)
      }
    }
    return String(result)
  }
}
