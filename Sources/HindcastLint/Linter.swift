import HindcastCore
import HindcastLua
public import HindcastRegistry

/// Checks Lua sources for what makes workflows fail or replay differently; no code runs.
///
/// In Wippy each run of a workflow has its own state, ids and random bytes of the modules are recorded, and the clock is the
/// workflow's: code that only uses these is not reported. Functions are held to what they need to run at all.
public enum Linter {
  /// Sources larger than this are not read, in bytes.
  public static let sizeLimit = 4 << 20

  /// Checks all Lua sources of an app, and its entries.
  ///
  /// - Parameter sources: the app's files.
  /// - Returns: findings by file and line; suppressed ones are left out.
  public static func findings(in sources: AppSources) -> [LintFinding] {
    let (registry, errors) = Registry.inspect(sources, processEnvironment: [:])
    var app = LintApp(registry)
    return Array(Set(app.findings() + (errors + registry.warnings).map(LintFinding.init))).sorted()
  }

  /// Checks the source of a workflow that belongs to no app, as far as can be told without its entry.
  ///
  /// - Parameters:
  ///   - source: the text.
  ///   - file: the file as the user would type it.
  public static func findings(in source: [UInt8], file: String) -> [LintFinding] {
    let place = SourceText(file: file, relativePath: file)
    switch LintSource.read(source, place: place, entry: nil) {
    case .failure(let error): return [error.finding]
    case .success(let source):
      var unit = LintUnit(
        source, role: .workflow, visible: nil, writtenElsewhere: [:],
        defined: Set(source.chunk.globals.lazy.filter(\.isWrite).map(\.name)), registry: nil)
      return source.settle(unit.run()).sorted()
    }
  }
}

/// Why a source cannot be checked.
struct LintFailure: Error {
  var finding: LintFinding
}

extension LintSource {
  static func read(_ bytes: [UInt8], place: SourceText, entry: LuaEntry?) -> Result<LintSource, LintFailure> {
    func failure(_ message: String, _ position: Position, _ severity: Severity? = nil, hint: String? = nil)
      -> LintFailure
    {
      let isFile = place.lineOffset == 0 && place.keepsLines
      let location = SourceLocation(
        file: place.file, line: place.fileLine(ofTextLine: position.line), column: isFile ? position.column : nil)
      return LintFailure(finding: LintFinding(.syntax, message, at: location, severity: severity, hint: hint))
    }
    let start = Position(line: 1, column: 1)
    if bytes.count > Linter.sizeLimit {
      return .failure(failure("the source is larger than \(Linter.sizeLimit >> 20) MB, so it is not checked", start))
    }
    let tokens: LuaTokens
    do {
      tokens = try LuaDialect.tokens(of: bytes, chunkName: place.file)
    } catch {
      let position = Position(line: error.line, column: characterColumn(error, in: bytes))
      return .failure(failure(error.message, position, hint: error.hint))
    }
    do {
      let chunk = try SyntaxParser.parse(tokens)
      return .success(LintSource(entry: entry, place: place, tokens: tokens, chunk: chunk))
    } catch {
      // The runtime reads it all the same.
      return .failure(failure(error.message, error.position, .warning))
    }
  }

  /// The column of an error, which counts bytes, in characters.
  private static func characterColumn(_ error: LuaSyntaxError, in bytes: [UInt8]) -> Int {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: error.line, omittingEmptySubsequences: false)
    guard error.line >= 1, error.line <= lines.count else { return error.column }
    let before = lines[error.line - 1].prefix(max(error.column - 1, 0))
    return before.count { $0 & 0xC0 != 0x80 } + 1
  }

  /// Takes out what comments suppress, and adds what is wrong with these.
  func settle(_ findings: [LintFinding]) -> [LintFinding] {
    var suppressions = Suppressions(tokens)
    let offset = place.keepsLines ? place.lineOffset : 0
    var kept = findings.filter { !suppressions.covers($0.rule, line: $0.location.line - offset) }
    for (message, position) in suppressions.problems {
      kept.append(
        LintFinding(
          .suppression, message, at: location(position), hint: "for example -- hindcast: ignore lint-random <why>"))
    }
    for position in suppressions.unused {
      kept.append(
        LintFinding(.suppression, "the comment suppresses nothing", at: location(position), severity: .info))
    }
    return kept
  }
}

extension LintFinding {
  init(_ error: RegistryError) {
    let location =
      error.position.map { SourceLocation(file: $0.file, line: $0.line, column: $0.column) }
      ?? SourceLocation(file: "", line: 1)
    self.init(
      .app, (error.entry.map { "\($0): " } ?? "") + error.message, at: location,
      severity: error.severity == .error ? .error : .warning, hint: error.hint)
  }
}
