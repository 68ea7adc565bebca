/// The colours of a terminal, or none.
public struct Palette: Sendable {
  /// Whether anything is coloured.
  public var isColored: Bool

  /// Makes a palette.
  public init(isColored: Bool) { self.isColored = isColored }

  /// Failures.
  func bad(_ text: String) -> String { style(text, "31") }
  /// A failure's headline.
  func alarm(_ text: String) -> String { style(text, "1;31") }
  /// What is well.
  func good(_ text: String) -> String { style(text, "32") }
  /// Warnings.
  func warning(_ text: String) -> String { style(text, "33") }
  /// Places.
  func place(_ text: String) -> String { style(text, "36") }
  /// What is looked at only on demand.
  func faint(_ text: String) -> String { style(text, "2") }
  /// What is looked at first.
  func strong(_ text: String) -> String { style(text, "1") }

  private func style(_ text: String, _ code: String) -> String {
    isColored && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
