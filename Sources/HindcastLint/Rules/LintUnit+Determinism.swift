import HindcastCore

extension LintUnit {
  /// Looks for what another run of the same code does differently.
  mutating func checkDeterminism() {
    var found: [Hazard] = []
    let references = references
    let tagged = taggedVariables()
    let walk = Walk(expression: { expression in
      if let (path, position) = references.mention(in: expression), let hazard = Hazard(mention: path, at: position) {
        found.append(hazard)
      }
      for call in references.calls(in: expression) {
        if let hazard = Hazard(call) { found.append(hazard) }
        guard call.path == ["tostring"], let argument = call.arguments.first,
          let what = references.addressed(argument, except: tagged)
        else { continue }
        found.append(
          Hazard(
            .address, "tostring of a \(what) is an address, which is another one on replay", call.position,
            hint: "json.encode gives its content"))
      }
      return true
    })
    walk(chunk.block)
    for hazard in found {
      report(hazard.rule, hazard.message, at: hazard.position, severity: hazard.severity, hint: hazard.hint)
    }
  }

  /// The variables whose tables may have a text of their own: those given to `setmetatable`.
  private func taggedVariables() -> Set<Int> {
    var tagged: Set<Int> = []
    let references = references
    let walk = Walk(expression: { expression in
      for call in references.calls(in: expression) where call.path == ["setmetatable"] {
        if case .name(let name)? = call.arguments.first?.withoutParentheses, let variable = name.variable {
          tagged.insert(variable)
        }
      }
      return true
    })
    walk(chunk.block)
    return tagged
  }

  /// Looks for globals that change while workflows run.
  mutating func checkGlobals() {
    var writes: [String: Position] = [:]
    for use in chunk.globals where use.isWrite && use.function != 0 && writes[use.name] == nil {
      writes[use.name] = use.position
    }
    var seen: Set<String> = []
    for use in chunk.globals where !use.isWrite && seen.insert(use.name).inserted {
      let place = writes[use.name].map { source.location($0) } ?? writtenElsewhere[use.name]
      guard let place else { continue }
      report(
        .globalRead, "the global '\(use.name)' is read, and functions write it (\(place))", at: use.position,
        hint: "make it local, or hand it on as an argument")
    }
  }

  /// Looks for loops whose order is not the same in every process.
  mutating func checkLoops() {
    var commands = Commands(references)
    var found: [(Position, String, Position)] = []
    let references = references
    let walk = Walk(statement: { statement in
      guard case .genericFor(let values, let block, let position) = statement, let first = values.first,
        references.isUnordered(first), let command = commands.first(in: block)
      else { return true }
      found.append((position, command.name, command.position))
      // One finding says it of the loops inside as well.
      return false
    })
    walk(chunk.block)
    for (position, name, place) in found {
      report(
        .pairsCommands,
        "this loop over pairs issues commands (\(name) at line \(source.location(place).line)), and its order is not the "
          + "same in every process", at: position,
        hint: "collect the keys, sort them, and loop over them with ipairs")
    }
  }

  /// Looks for what must not happen while a script is loaded.
  mutating func checkLoading() {
    var commands = Commands(references)
    if let command = commands.first(in: chunk.block, entersArguments: false) {
      report(
        .chunkCommand, "\(command.name) is called while the script is loaded, where nothing may wait",
        at: command.position, hint: "move it into the workflow's function")
    }
    var clock: Position?
    let references = references
    let walk = Walk(
      expression: { expression in
        if clock == nil {
          clock = references.calls(in: expression).first { $0.path == ["time", "now"] }?.position
        }
        return true
      }, function: { _, _ in false })
    walk(chunk.block)
    if let clock {
      report(
        .clock, "time.now() is the year 1 while the script is loaded", at: clock,
        hint: "ask for the time in the workflow's function")
    }
  }
}

extension References {
  /// The path that a chain begins with, when the chain itself names its last field: a mention through a local that stands for
  /// the whole is none.
  func mention(in expression: Expression) -> (path: [String], position: Position)? {
    guard case .chain(let base, let suffixes) = expression, var result = path(base) else { return nil }
    var named = 0
    for suffix in suffixes {
      if case .call(let arguments) = suffix.kind, result == ["require"], let module = arguments.first?.string {
        result = [module]
        continue
      }
      guard case .field(let field) = suffix.kind else { break }
      result.append(field)
      named += 1
    }
    return named == 0 ? nil : (result, base.position)
  }

  /// Whether a generic `for` over this goes in the order of a hash table.
  func isUnordered(_ iterator: Expression) -> Bool {
    if path(iterator) == ["next"] { return true }
    guard case .chain(let base, let suffixes) = iterator.withoutParentheses, suffixes.count == 1,
      case .call(let arguments) = suffixes[0].kind, path(base) == ["pairs"]
    else { return false }
    // A list written in place has its order.
    guard case .table(let items, _)? = arguments.first?.withoutParentheses else { return true }
    return !items.allSatisfy { if case .position = $0.key { true } else { false } }
  }

  /// What kind of thing without a text of its own a value is.
  func addressed(_ expression: Expression, except tagged: Set<Int>) -> String? {
    switch expression.withoutParentheses {
    case .table: return "table"
    case .function: return "function"
    case .name(let name):
      guard let variable = name.variable, !tagged.contains(variable) else { return nil }
      switch value(of: name) {
      case .table: return "table"
      case .function: return "function"
      default: return nil
      }
    default: return nil
    }
  }
}

/// Something whose value another run of the same code does not get.
private struct Hazard {
  var rule: LintRule
  var message: String
  var position: Position
  var severity: Severity?
  var hint: String

  init(_ rule: LintRule, _ message: String, _ position: Position, severity: Severity? = nil, hint: String) {
    self.rule = rule
    self.message = message
    self.position = position
    self.severity = severity
    self.hint = hint
  }

  init?(mention path: [String], at position: Position) {
    switch path {
    case ["math", "random"]:
      self.init(
        .random, "math.random gives other numbers on replay, as the history does not record them", position,
        hint: "crypto.random and uuid are recorded")
    case ["math", "randomseed"]:
      self.init(
        .random, "math.randomseed has no effect, so it makes nothing repeatable", position, severity: .warning,
        hint: "leave it out")
    case ["os", "clock"]:
      self.init(
        .clock, "os.clock counts from the start of the worker's process, which is another one on replay", position,
        hint: "time.now() is the workflow's clock")
    default: return nil
    }
  }

  init?(_ call: References.Call) {
    if call.path == ["os", "time"], !call.arguments.isEmpty {
      self.init(
        .localZone, "os.time of a table is in the time zone of the worker's machine", call.position,
        hint: "time.date(…, time.utc) does not depend on it")
    } else if call.path == ["os", "date"], call.arguments.count > 1, call.arguments[0].string?.hasPrefix("!") != true {
      self.init(
        .localZone, "os.date of a given time is in the time zone of the worker's machine", call.position,
        hint: "a format that begins with ! is in UTC")
    } else {
      return nil
    }
  }
}
