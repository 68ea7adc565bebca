/// Text as XML 1.0 can hold it.
///
/// Characters that XML 1.0 has no way to write, not even as a reference, become visible as `\u{1b}`.
enum XMLText {
  /// Text between tags.
  static func content(_ text: String) -> String { escaped(text.printable(keepsLines: true), keepsLines: true) }

  /// The value of an attribute, with its quotes. Parsers would turn line feeds in it into blanks, so they are references.
  static func attribute(_ text: String) -> String {
    "\"\(escaped(text.printable(keepsLines: true), keepsLines: false))\""
  }

  private static func escaped(_ text: String, keepsLines: Bool) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      // Only needed in `]]>`, but harmless anywhere.
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n" where !keepsLines: result += "&#10;"
      case "\t" where !keepsLines: result += "&#9;"
      case "\u{fffe}", "\u{ffff}": result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// An XML element being written.
struct XMLElement {
  private let name: String
  private var attributes = ""

  /// - Parameters:
  ///   - attributes: in the order in which they are written; those without a value are left out.
  init(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:]) {
    self.name = name
    for (name, value) in attributes {
      if let value { self.attributes += " \(name)=\(XMLText.attribute(value))" }
    }
  }

  /// The element with XML in it, which goes on lines of its own.
  func around(_ children: String) -> String {
    children.isEmpty ? "<\(name)\(attributes)/>\n" : "<\(name)\(attributes)>\n\(children)</\(name)>\n"
  }

  /// The element with text in it.
  func text(_ text: String) -> String {
    text.isEmpty ? "<\(name)\(attributes)/>\n" : "<\(name)\(attributes)>\(XMLText.content(text))</\(name)>\n"
  }
}
