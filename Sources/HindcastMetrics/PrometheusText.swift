/// How names, labels and numbers are written in Prometheus' text format, version 0.0.4.
enum PrometheusText {
  /// A metric's name: letters, digits, `_` and `:`, no digit first.
  static func name(_ label: String) -> String { sanitized(label, isAllowed: { $0 == ":" }) }

  /// Labels as they stand between the braces, in the order of their names.
  ///
  /// - Parameter reserved: Names that the format uses itself.
  static func labels(_ dimensions: [(String, String)], reserved: Set<String>) -> String {
    var names = reserved
    let labels = dimensions.map { dimension in
      var name = sanitized(dimension.0, isAllowed: { _ in false })
      // A name must not come twice.
      while !names.insert(name).inserted { name += "_" }
      return (name: name, value: dimension.1)
    }
    return labels.sorted { $0.name < $1.name }.map { "\($0.name)=\"\(escapedValue($0.value))\"" }
      .joined(separator: ",")
  }

  /// A number: whole ones without a point.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    if let whole = Int64(exactly: value) { return "\(whole)" }
    return "\(value)"
  }

  /// The text of a `HELP` line.
  static func escapedHelp(_ text: String) -> String { escaped(text, quotes: false) }

  private static func escapedValue(_ text: String) -> String { escaped(text, quotes: true) }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  private static func sanitized(_ text: String, isAllowed: (Unicode.Scalar) -> Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      let isDigit = ("0"..."9").contains(scalar)
      let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
      if isDigit, result.isEmpty { result = "_" }
      if isDigit || isLetter || isAllowed(scalar) { result.unicodeScalars.append(scalar) } else { result += "_" }
    }
    return result.isEmpty ? "_" : result
  }
}
