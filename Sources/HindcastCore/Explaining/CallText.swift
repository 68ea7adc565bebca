/// The language of workflow code, for what is written into it.
enum CodeLanguage {
  case lua
  case swift

  /// The language of the file that a location names.
  init(of location: SourceLocation?) {
    self = location?.file.hasSuffix(".swift") ?? false ? .swift : .lua
  }

  var comment: String { self == .lua ? "--" : "//" }

  /// A line of code that does something; a comment where there is no such line.
  func call(_ subject: Subject) -> String { self == .lua ? lua(subject) : swift(subject) }

  /// Lines that begin two things without waiting, in one order and in the other, after what declares their names.
  func starts(_ one: Subject, _ other: Subject) -> (declaration: String?, one: String, other: String)? {
    guard let first = start(one), let second = start(other) else { return nil }
    let (name, otherName) = (Self.name(one), Self.name(other))
    guard name != otherName else { return nil }
    return switch self {
    case .lua: ("local \(name), \(otherName)", "\(name) = \(first)", "\(otherName) = \(second)")
    case .swift:
      ("let \(name): ..., \(otherName): ...", "\(name) = \(first)", "\(otherName) = \(second)")
    }
  }

  private func start(_ subject: Subject) -> String? {
    switch (self, subject) {
    case (.lua, .activity(let type)): "funcs.async(\(Self.quoted(type)), ...)"
    case (.lua, .child(let type)): "process.spawn(\(Self.quoted(type)), ...)"
    case (.lua, .timer(let seconds, let nanoseconds)):
      "time.after(\(Self.quoted(Subject.duration(seconds, nanoseconds))))"
    case (.swift, .activity(let type)): "context.startActivity(\(Self.quoted(type)), ...)"
    case (.swift, .child(let type)): "context.startChildWorkflow(\(Self.quoted(type)), ...)"
    case (.swift, .timer(let seconds, 0)): "context.timer(for: .seconds(\(seconds)))"
    default: nil
    }
  }

  /// A name for what a call gives.
  private static func name(_ subject: Subject) -> String {
    let name = subject.slug.replacing("-", with: "_")
    return name.first?.isNumber ?? true ? "value_" + name : name
  }

  /// A line that says how often something is done.
  func times(_ changeID: String, new: Int, old: Int) -> String {
    let call = version(changeID, -1, 1)
    return switch self {
    case .lua: "local times = \(call) >= 1 and \(new) or \(old)"
    case .swift: "let times = \(call) >= 1 ? \(new) : \(old)"
    }
  }

  private func lua(_ subject: Subject) -> String {
    switch subject {
    case .activity(let type), .localActivity(let type): "funcs.call(\(Self.quoted(type)), ...)"
    case .timer(let seconds, let nanoseconds): "time.sleep(\(Self.quoted(Subject.duration(seconds, nanoseconds))))"
    case .child(let type): "workflow.exec(\(Self.quoted(type)), ...)"
    case .signal(let name, let target): "process.send(target, \(Self.quoted(name)), ...) -- to workflow \(target)"
    case .cancelWorkflow(let id): "process.cancel(target) -- workflow \(id)"
    case .sideEffect: "-- the call that records a side effect, such as uuid.v4()"
    case .searchAttributes(let keys): "workflow.attrs({search = {\(Self.table(keys))}})"
    case .memo(let keys): "workflow.attrs({memo = {\(Self.table(keys))}})"
    case .acceptUpdate(let name): "process.listen(\(Self.quoted(name)), {message = true}):receive()"
    case .complete: "return ..."
    case .fail: "return nil, errors.new(...)"
    case .continueAsNew: "process.upgrade(...)"
    default: "-- " + subject.title
    }
  }

  private func swift(_ subject: Subject) -> String {
    switch subject {
    case .activity(let type): "try await context.executeActivity(\(Self.quoted(type)), ...)"
    case .localActivity(let type): "try await context.executeLocalActivity(\(Self.quoted(type)), ...)"
    case .timer(let seconds, 0): "try await context.sleep(for: .seconds(\(seconds)))"
    case .timer(let seconds, let nanoseconds):
      "try await context.sleep(for: .milliseconds(\(seconds * 1000 + Int64(nanoseconds) / 1_000_000)))"
    case .child(let type): "try await context.executeChildWorkflow(\(Self.quoted(type)), ...)"
    case .signal(let name, let target):
      "try await context.signalExternal(\(Self.quoted(target)), \(Self.quoted(name)), ...)"
    case .cancelWorkflow(let id): "try await context.cancelExternal(\(Self.quoted(id)))"
    case .sideEffect: "try context.sideEffect { ... }"
    case .mutableSideEffect(let id): "try context.mutableSideEffect(\(Self.quoted(id))) { ... }"
    case .searchAttributes(let keys): "try context.upsertSearchAttributes([\(Self.dictionary(keys))])"
    case .memo(let keys): "try context.upsertMemo([\(Self.dictionary(keys))])"
    case .acceptUpdate(let name): "try context.setUpdateHandler(\(Self.quoted(name))) { ... }"
    case .complete: "return ..."
    case .fail: "throw ..."
    default: "// " + subject.title
    }
  }

  /// A call that asks for a version.
  func version(_ changeID: String, _ minimum: Int, _ maximum: Int) -> String {
    switch self {
    case .lua: "workflow.version(\(Self.quoted(changeID)), \(minimum), \(maximum))"
    case .swift:
      minimum == -1
        ? "context.version(of: \(Self.quoted(changeID)), max: \(maximum))"
        : "context.version(of: \(Self.quoted(changeID)), min: \(minimum), max: \(maximum))"
    }
  }

  func constant(_ name: String, _ value: String) -> String { "\(self == .lua ? "local" : "let") \(name) = \(value)" }

  /// A condition with what each side does; an empty side is left out.
  func branch(_ condition: String, not opposite: String, new: [String], old: [String]) -> [String] {
    let (first, second) = new.isEmpty ? (old, []) : (new, old)
    let test = new.isEmpty ? opposite : condition
    var lines = [self == .lua ? "if \(test) then" : "if \(test) {"]
    lines += first.map { "  " + $0 }
    if !second.isEmpty {
      lines.append(self == .lua ? "else" : "} else {")
      lines += second.map { "  " + $0 }
    }
    lines.append(self == .lua ? "end" : "}")
    return lines
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private static func table(_ keys: [String]) -> String {
    keys.map { key in
      let isName =
        key.first.map { !$0.isNumber } ?? false
        && key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      return (isName ? key : "[\(quoted(key))]") + " = ..."
    }.joined(separator: ", ")
  }

  private static func dictionary(_ keys: [String]) -> String {
    keys.map { "\(quoted($0)): ..." }.joined(separator: ", ")
  }
}
