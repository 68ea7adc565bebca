import HindcastCore
import HindcastLua

/// The comments of a source that suppress findings: `-- hindcast: ignore lint-random, lint-clock because …`, on the line or alone
/// on the line above.
struct Suppressions {
  private struct Comment {
    var rules: Set<LintRule>
    var lines: ClosedRange<Int>
    var position: Position
    var isUsed = false
  }

  private var comments: [Comment] = []
  /// What is wrong with them.
  private(set) var problems: [(message: String, position: Position)] = []

  init(_ tokens: LuaTokens) {
    let occupied = Set(tokens.tokens.lazy.filter { $0.kind != .endOfFile }.map(\.line))
    for comment in tokens.comments {
      guard let words = Self.words(comment.text) else { continue }
      let position = Position(line: comment.line, column: comment.column)
      let names = Self.rules(in: words)
      if names.isEmpty { problems.append(("the comment names no rule to ignore", position)) }
      var rules: Set<LintRule> = []
      for name in names {
        if let rule = LintRule(rawValue: name) {
          rules.insert(rule)
        } else {
          problems.append(("there is no rule '\(name)' to ignore", position))
        }
      }
      if rules.isEmpty { continue }
      let last = occupied.contains(comment.line) ? comment.line : comment.line + 1
      comments.append(Comment(rules: rules, lines: comment.line...last, position: position))
    }
  }

  /// What follows `hindcast: ignore`, as words; nil for any other comment.
  private static func words(_ text: String) -> [Substring]? {
    let words = text.prefix(1000).split { $0 == " " || $0 == "\t" }
    guard words.count >= 2, words[0].lowercased() == "hindcast:", words[1] == "ignore" else { return nil }
    return Array(words.dropFirst(2))
  }

  /// The first word, and those that commas join to it.
  private static func rules(in words: [Substring]) -> [String] {
    var names: [String] = []
    for word in words {
      names += word.split(separator: ",").map(String.init)
      if !word.hasSuffix(",") { break }
    }
    return names
  }

  /// Whether a finding of this rule on this line of the text is not to be told.
  mutating func covers(_ rule: LintRule, line: Int) -> Bool {
    var isCovered = false
    for index in comments.indices where comments[index].lines.contains(line) && comments[index].rules.contains(rule) {
      comments[index].isUsed = true
      isCovered = true
    }
    return isCovered
  }

  /// Where comments stand that suppressed nothing.
  var unused: [Position] { comments.filter { !$0.isUsed }.map(\.position) }
}
