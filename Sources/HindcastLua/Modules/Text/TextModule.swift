/// `text`: regular expressions. Its diffs and splitters are not available yet.
enum TextModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("compile", of: "text.regexp") { call, host throws(LuaRaise) in
      let pattern = try call.checkString(1)
      do throws(RegularExpression.SyntaxError) {
        call.push(try RegularExpression(pattern), host.expressions)
        return call.succeed()
      } catch {
        return call.fail(.invalid(error.description).with(context: "regex compile error"), host)
      }
    }
    host.nest("regexp", in: "text")
    for (library, functions) in [("diff", ["new"]), ("splitter", ["recursive", "markdown"])] {
      for name in functions {
        host.define(name, of: "text.\(library)") { _, _ throws(LuaRaise) in
          throw .message("text.\(library).\(name) is not available in Hindcast yet")
        }
      }
      host.nest(library, in: "text")
    }
    registerFinding(host)
    registerChanging(host)
  }

  // MARK: Methods

  private static func arguments(
    _ call: LuaCall, _ host: ModuleHost
  ) throws(LuaRaise) -> (expression: RegularExpression, text: [UInt8]) {
    guard let expression = call.object(1, host.expressions) else { throw .argument(1, "expected text.Regexp") }
    let text = try call.checkBytes(2)
    // A step of the match is about one of the machine's own instructions, once for each place it can stand at.
    call.charge(instructions: Int64(text.count) * Int64(min(expression.size, 64)) / 4)
    return (expression, text)
  }

  private static func registerFinding(_ host: ModuleHost) {
    let kind = host.expressions
    host.define("match_string", of: kind) { call, host throws(LuaRaise) in
      let (expression, text) = try arguments(call, host)
      return call.reply(expression.matches(text))
    }
    host.define("find_string", of: kind) { call, host throws(LuaRaise) in
      let (expression, text) = try arguments(call, host)
      // An empty match counts as none, as upstream.
      guard let range = expression.firstMatch(in: text)?[0], !range.isEmpty else {
        call.pushNil()
        return .results(1)
      }
      call.push(bytes: Array(text[range]))
      return .results(1)
    }
    host.define("find_string_index", of: kind) { call, host throws(LuaRaise) in
      let (expression, text) = try arguments(call, host)
      if let range = expression.firstMatch(in: text)?[0] { push(range, call) } else { call.pushNil() }
      return .results(1)
    }
    host.define("find_string_submatch", of: kind) { call, host throws(LuaRaise) in
      let (expression, text) = try arguments(call, host)
      if let match = expression.firstMatch(in: text) { push(match, of: text, call) } else { call.pushNil() }
      return .results(1)
    }
    host.define("find_all_string", of: kind) { call, host throws(LuaRaise) in
      let (expression, text) = try arguments(call, host)
      pushList(expression.allMatches(in: text).compactMap { $0[0] }, call) { call.push(bytes: Array(text[$0])) }
      return .results(1)
    }
    host.define("find_all_string_index", of: kind) { call, host throws(LuaRaise) in
      let (expression, text) = try arguments(call, host)
      let ranges = expression.allMatches(in: text).compactMap { $0[0] }
      if ranges.isEmpty { call.pushNil() } else { pushList(ranges, call) { push($0, call) } }
      return .results(1)
    }
    host.define("find_all_string_submatch", of: kind) { call, host throws(LuaRaise) in
      let (expression, text) = try arguments(call, host)
      pushList(expression.allMatches(in: text), call) { push($0, of: text, call) }
      return .results(1)
    }
  }

  private static func registerChanging(_ host: ModuleHost) {
    let kind = host.expressions
    host.define("replace_all_string", of: kind) { call, host throws(LuaRaise) in
      let (expression, text) = try arguments(call, host)
      call.push(bytes: expression.replacingAll(in: text, with: try call.checkBytes(3)))
      return .results(1)
    }
    host.define("split", of: kind) { call, host throws(LuaRaise) in
      let (expression, text) = try arguments(call, host)
      let limit = call.isNil(3) ? -1 : Int(clamping: try call.checkInteger(3))
      pushList(expression.split(text, atMost: limit), call) { call.push(bytes: Array($0)) }
      return .results(1)
    }
    host.define("num_subexp", of: kind) { call, host throws(LuaRaise) in
      call.reply(Double(try expression(call, host).groupNames.count - 1))
    }
    host.define("subexp_names", of: kind) { call, host throws(LuaRaise) in
      pushList(try expression(call, host).groupNames, call) { call.push($0) }
      return .results(1)
    }
    host.define("string", of: kind) { call, host throws(LuaRaise) in
      call.reply(try expression(call, host).pattern)
    }
  }

  private static func expression(_ call: LuaCall, _ host: ModuleHost) throws(LuaRaise) -> RegularExpression {
    guard let expression = call.object(1, host.expressions) else { throw .argument(1, "expected text.Regexp") }
    return expression
  }

  // MARK: Values

  private static func pushList<Item>(_ items: [Item], _ call: LuaCall, _ push: (Item) -> Void) {
    call.pushTable(elements: items.count)
    for (index, item) in items.enumerated() {
      push(item)
      call.setElement(index + 1, of: -2)
    }
  }

  /// Where a match begins and ends, counted from 1.
  private static func push(_ range: Range<Int>, _ call: LuaCall) {
    pushList([range.lowerBound + 1, range.upperBound], call) { call.push(Double($0)) }
  }

  /// The texts of the groups; empty for those that took no part.
  private static func push(_ match: RegularExpression.Match, of text: [UInt8], _ call: LuaCall) {
    pushList(match, call) { range in call.push(bytes: range.map { Array(text[$0]) } ?? []) }
  }
}
