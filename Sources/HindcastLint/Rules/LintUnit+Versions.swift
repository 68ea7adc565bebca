import HindcastCore
import HindcastLua

extension LintUnit {
  /// Looks for versions of changes that cannot be, or that cannot be told.
  mutating func checkVersions() {
    var calls: [VersionCall] = []
    var comparisons: [(VersionCall, String, Bool, Position)] = []
    let references = references
    let walk = Walk(expression: { expression in
      for call in references.calls(in: expression) {
        if let version = VersionCall(call) { calls.append(version) }
      }
      if case .operation(let operands, let operators) = expression {
        comparisons += references.comparisons(operands, operators)
      }
      return true
    })
    walk(chunk.block)
    checkRanges(of: calls)
    for (version, words, holds, position) in comparisons {
      let range = version.words
      if holds {
        report(
          .versionUnreachable, "the version of '\(version.name)' is always \(words), as it is \(range)", at: position,
          severity: .info, hint: "the other branch is dead code")
      } else {
        report(
          .versionUnreachable, "the version of '\(version.name)' is never \(words), as it is \(range)", at: position,
          hint: "remove the branch, or widen the range")
      }
    }
  }

  private mutating func checkRanges(of calls: [VersionCall]) {
    var first: [String: VersionCall] = [:]
    for call in calls {
      if let least = call.least, let greatest = call.greatest, least > greatest {
        report(
          .versionRange,
          "the least version \(Self.text(least)) is above the greatest \(Self.text(greatest)), which the runtime refuses",
          at: call.position)
      }
      guard let id = call.id else {
        report(
          .versionID, "the name of this change is not literal, so nobody can tell when it may go", at: call.position,
          // One name a round is how loops are versioned.
          severity: call.hasLiteralPart ? .info : nil, hint: "give every change a name of its own")
        continue
      }
      guard let known = first[id] else {
        first[id] = call
        continue
      }
      guard let a = known.range, let b = call.range, a != b else { continue }
      report(
        .versionConflict,
        "the change '\(id)' is asked for as \(call.words) here and \(known.words) at line "
          + "\(source.location(known.position).line)", at: call.position,
        hint: "ask once, and keep the version in a local")
    }
  }

  fileprivate static func text(_ number: Double) -> String { Int64(exactly: number).map(String.init) ?? "\(number)" }
}

/// A call of `workflow.version`.
struct VersionCall {
  /// The change's name, where it is literal.
  var id: String?
  /// Whether a part of the name is literal at least.
  var hasLiteralPart: Bool
  var least: Double?
  var greatest: Double?
  var position: Position

  init?(_ call: References.Call) {
    guard call.path == ["workflow", "version"], let name = call.arguments.first else { return nil }
    id = name.string
    hasLiteralPart = id != nil
    if case .operation(let operands, _) = name.withoutParentheses {
      hasLiteralPart = operands.contains { $0.string != nil }
    }
    least = call.arguments.count > 1 ? call.arguments[1].number : nil
    greatest = call.arguments.count > 2 ? call.arguments[2].number : nil
    position = call.position
  }

  var name: String { id ?? "…" }

  /// The versions that it can be, where they are literal and some.
  var range: ClosedRange<Double>? {
    guard let least, let greatest, least <= greatest else { return nil }
    return least...greatest
  }

  var words: String {
    guard let range else { return "unknown" }
    if range.lowerBound == range.upperBound { return LintUnit.text(range.lowerBound) }
    return "\(LintUnit.text(range.lowerBound)) to \(LintUnit.text(range.upperBound))"
  }
}

extension References {
  /// The comparisons of a version with a number that always or never hold, in words.
  fileprivate func comparisons(
    _ operands: [Expression], _ operators: [Operator]
  ) -> [(VersionCall, String, Bool, Position)] {
    operators.indices.compactMap { index in
      // Operands between operators that bind tighter are no operands of the comparison.
      guard [index - 1, index + 1].allSatisfy({ !operators.indices.contains($0) || Self.binds(operators[$0]) }) else {
        return nil
      }
      let (left, right) = (operands[index], operands[index + 1])
      if let version = version(left), let number = right.number {
        return comparison(version, operators[index], number, at: left.position)
      }
      if let version = version(right), let number = left.number, let turned = Self.turned[operators[index]] {
        return comparison(version, turned, number, at: left.position)
      }
      return nil
    }
  }

  private static func binds(_ other: Operator) -> Bool { other == .and || other == .or }

  private static let turned: [Operator: Operator] = [
    .equal: .equal, .notEqual: .notEqual, .less: .greater, .greater: .less, .lessEqual: .greaterEqual,
    .greaterEqual: .lessEqual,
  ]

  /// The call that an expression's value comes from.
  private func version(_ expression: Expression) -> VersionCall? {
    var inner = expression.withoutParentheses
    if case .name(let name) = inner {
      guard let value = value(of: name) else { return nil }
      inner = value.withoutParentheses
    }
    guard case .chain(_, let suffixes) = inner, case .call? = suffixes.last?.kind, let last = calls(in: inner).last
    else {
      return nil
    }
    return VersionCall(last)
  }

  private func comparison(
    _ version: VersionCall, _ symbol: Operator, _ number: Double, at position: Position
  ) -> (VersionCall, String, Bool, Position)? {
    guard let range = version.range else { return nil }
    let (low, high) = (range.lowerBound, range.upperBound)
    let isPossible = range.contains(number) && number.rounded() == number
    let outcome: Bool?
    switch symbol {
    case .equal: outcome = isPossible ? (low == high ? true : nil) : false
    case .notEqual: outcome = isPossible ? (low == high ? false : nil) : true
    case .less: outcome = high < number ? true : low >= number ? false : nil
    case .lessEqual: outcome = high <= number ? true : low > number ? false : nil
    case .greater: outcome = low > number ? true : high <= number ? false : nil
    case .greaterEqual: outcome = low >= number ? true : high < number ? false : nil
    default: return nil
    }
    guard let outcome else { return nil }
    return (version, "\(symbol.rawValue) \(LintUnit.text(number))", outcome, position)
  }
}
