import HindcastCore
import HindcastLua
import HindcastRegistry

/// A source with what is known of it.
struct LintSource {
  /// The entry; nil for a file that belongs to none.
  var entry: LuaEntry?
  var place: SourceText
  var tokens: LuaTokens
  var chunk: Chunk

  /// Where a place of the text stands for the user.
  func location(_ position: Position) -> SourceLocation {
    SourceLocation(
      file: place.file, line: place.fileLine(ofTextLine: position.line),
      // How far YAML indents a text is not known.
      column: place.lineOffset == 0 && place.keepsLines ? position.column : nil)
  }
}

/// A source as an entry runs it: what rules look at.
struct LintUnit {
  /// For whom the code runs.
  enum Role { case workflow, function }

  let source: LintSource
  let role: Role
  /// The modules and imports that are globals there; nil where it is not known.
  let visible: Set<String>?
  /// The globals that functions of other sources of the same run write, with the place of one such write.
  let writtenElsewhere: [String: SourceLocation]
  /// The globals that some source of the same run defines.
  let defined: Set<String>
  let registry: Registry?
  let references: References
  var findings: [LintFinding] = []

  init(
    _ source: LintSource, role: Role, visible: Set<String>?, writtenElsewhere: [String: SourceLocation],
    defined: Set<String>, registry: Registry?
  ) {
    self.source = source
    self.role = role
    self.visible = visible
    self.writtenElsewhere = writtenElsewhere
    self.defined = defined
    self.registry = registry
    references = References(source.chunk)
  }

  var chunk: Chunk { source.chunk }

  mutating func report(
    _ rule: LintRule, _ message: String, at position: Position, severity: Severity? = nil, hint: String? = nil
  ) {
    findings.append(
      LintFinding(rule, message, at: source.location(position), severity: severity, hint: hint))
  }

  /// Everything that the rules for its role find.
  mutating func run() -> [LintFinding] {
    checkModules()
    checkLibraries()
    if role == .workflow {
      checkDeterminism()
      checkGlobals()
      checkLoops()
      checkLoading()
      checkVersions()
      checkActivities()
    }
    return findings
  }
}
