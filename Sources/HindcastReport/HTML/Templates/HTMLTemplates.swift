import Mustache

/// Mustache templates and what renders them. Values are escaped where they stand in two braces.
package struct HTMLTemplates: Sendable {
  private let library: MustacheLibrary

  /// Makes the templates for histories and findings, and others.
  /// - Parameter others: templates by name, which may use those for histories.
  package init(_ others: [String: String] = [:]) throws {
    MustacheContentTypes.register(EscapedHTML(), named: EscapedHTML.name)
    var library = MustacheLibrary()
    for (name, text) in HistoryTemplates.all.merging(others, uniquingKeysWith: { _, other in other }) {
      try library.register("{{% CONTENT_TYPE:\(EscapedHTML.name)}}\n\(text)", named: name)
    }
    self.library = library
  }

  /// Renders a view.
  package func render(_ view: Any, _ template: String) -> String { library.render(view, withTemplate: template) ?? "" }
}

/// Text in HTML: nothing in it is markup, and control characters are visible.
struct EscapedHTML: MustacheContentType {
  static let name = "ESCAPED_HTML"

  /// By scalars: to the library's own escaping a quote with a combining mark behind it is another character, and no quote.
  func escapeText(_ text: String) -> String { Self.escaped(text) }

  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.printable(keepsLines: true).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
