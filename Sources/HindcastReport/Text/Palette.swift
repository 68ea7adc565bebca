/// The colours of a terminal, or none.
public struct Palette: Sendable {
  /// Whether anything is coloured.
  public var isColored: Bool

  /// Makes a palette.
  public init(isColored: Bool) { self.isColored = isColored }

  /// Failures.
  package func bad(_ text: String) -> String { style(text, "31") }
  /// A failure's headline.
  package func alarm(_ text: String) -> String { style(text, "1;31") }
  /// What is well.
  package func good(_ text: String) -> String { style(text, "32") }
  /// Warnings.
  package func warning(_ text: String) -> String { style(text, "33") }
  /// Places.
  package func place(_ text: String) -> String { style(text, "36") }
  /// What is looked at only on demand.
  package func faint(_ text: String) -> String { style(text, "2") }
  /// What is looked at first.
  package func strong(_ text: String) -> String { style(text, "1") }

  private func style(_ text: String, _ code: String) -> String {
    isColored && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
