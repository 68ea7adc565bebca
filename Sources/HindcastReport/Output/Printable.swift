extension String {
  /// The text with control characters made visible, so that what a history or an app holds cannot steer a terminal.
  ///
  /// - Parameter keepsLines: whether line feeds and tabs stay.
  package func printable(keepsLines: Bool = false) -> String {
    func mustChange(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x0a, 0x09: !keepsLines
      case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069: true
      default: false
      }
    }
    guard unicodeScalars.contains(where: mustChange) else { return self }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      guard mustChange(scalar) else {
        result.append(scalar)
        continue
      }
      switch scalar.value {
      case 0x0a: result.append(contentsOf: "\\n".unicodeScalars)
      case 0x0d: result.append(contentsOf: "\\r".unicodeScalars)
      case 0x09: result.append(contentsOf: "\\t".unicodeScalars)
      default: result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      }
    }
    return String(result)
  }
}
