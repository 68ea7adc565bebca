import HindcastCore

/// What the parser notes and adds when coverage is wanted: calls of `LuaSupport.hit`, each with a number of its own, at the
/// beginning of every function, of every arm of an `if` and of every loop's body.
struct DialectProbes {
  var coverable = LuaCoverable()
  /// The branches with the offsets where they begin: an inner one is complete before the one around it.
  var branches: [(start: Int, branch: CoverageMap.Branch)] = []
  private var count = 0

  /// What was noted, in the order of the text.
  var result: LuaCoverable {
    var result = coverable
    result.branches = branches.sorted { $0.start < $1.start }.map(\.branch)
    return result
  }

  /// A number for the next probe.
  mutating func next() -> Int {
    count += 1
    return count
  }

  /// A way that code may go, with a new number.
  mutating func arm(_ name: String, line: Int) -> CoverageMap.Arm {
    CoverageMap.Arm(name: name, line: line, probe: next())
  }
}

extension DialectParser {
  // MARK: Lines

  /// Notes the line of the token at hand, which is about to be stepped over.
  mutating func noteCodeLine() {
    guard probes != nil else { return }
    switch token.kind {
    case .endWord, .else, .then, .do, .repeat, .semicolon, .comma, .rightParen, .rightBrace, .rightBracket, .endOfFile:
      return
    case .string:
      // Lua takes the line where a long string ends for the line of its code.
      let breaks = lexer.source[token.start..<token.end].count { $0 == 0x0A }
      if breaks > 0 { probes?.coverable.codeLines.insert(token.line + breaks) }
    default: break
    }
    probes?.coverable.codeLines.insert(token.line)
  }

  // MARK: Functions

  /// Counts the calls of a function whose body begins after the token before the one at hand.
  mutating func probeFunction(_ name: String?, line: Int) {
    guard let probe = probes?.next() else { return }
    probes?.coverable.functions.append(.init(name: name ?? "function@\(line)", line: line, probe: probe))
    rewriter.close(at: previous.end, probe: probe)
  }

  // MARK: Arms

  /// Counts an arm whose block begins after the token before the one at hand.
  mutating func probeArm(_ name: String, line: Int, into branch: inout CoverageMap.Branch) {
    guard let arm = probes?.arm(name, line: line) else { return }
    branch.arms.append(arm)
    rewriter.close(at: previous.end, probe: arm.probe)
  }

  /// Counts that no arm of an `if` without `else` was taken; its `end` is the token at hand.
  mutating func probeMissingElse(into branch: inout CoverageMap.Branch) {
    guard let arm = probes?.arm("no else", line: branch.line) else { return }
    branch.arms.append(arm)
    rewriter.open(at: token.start, .probe(arm.probe, before: " else ", after: " "))
  }

  mutating func note(_ branch: CoverageMap.Branch, at start: DialectToken) {
    guard !branch.arms.isEmpty else { return }
    probes?.branches.append((start.start, branch))
  }

  /// Counts the rounds of a loop that was just parsed, and how often it had none.
  ///
  /// - Parameter bodyStart: the offset at which the body begins.
  mutating func probeLoop(_ start: DialectToken, bodyStart: Int) {
    guard let round = probes?.arm("loop", line: start.line), let none = probes?.arm("no round", line: start.line) else {
      return
    }
    note(CoverageMap.Branch(line: start.line, arms: [round, none]), at: start)
    let flag = "\(prefix)z"
    rewriter.open(at: start.start, .verbatim("do local \(flag)=0 "))
    rewriter.close(at: bodyStart, probe: round.probe, before: " \(flag)=1 ")
    rewriter.close(at: previous.end, probe: none.probe, before: " if \(flag)==0 then ", after: " end end")
  }

  // MARK: Versions

  /// Notes `workflow.version("change", 1, 2)`, whose arguments begin after the token before the one at hand.
  mutating func noteVersion(_ base: String, _ member: String) {
    guard probes != nil, base == "workflow", member == "version" else { return }
    let line = previous.line
    let rest = lexer.source[previous.end...].prefix(while: { $0 != UInt8(ascii: ")") })
    let text = String(decoding: rest.prefix(400), as: UTF8.self)
    guard let match = text.wholeMatch(of: Self.versionArguments), let minimum = Int(match.output.2),
      let maximum = Int(match.output.3), minimum <= maximum
    else { return }
    probes?.coverable.versions.append(
      .init(changeID: String(match.output.1), minimum: minimum, maximum: maximum, line: line))
  }

  private static var versionArguments: Regex<(Substring, Substring, Substring, Substring)> {
    /\s*\(\s*["']([^"'\\]+)["']\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*/
  }
}
