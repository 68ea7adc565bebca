import HindcastCore
import HindcastRegistry

/// One entry of an `expected.yaml`, being read.
struct SuiteEntry {
  private let field: ConfigurationMap.Field
  private let path: String
  private(set) var errors: [SuiteError] = []

  init(_ field: ConfigurationMap.Field, path: String) {
    self.field = field
    self.path = path
  }

  /// The expectation; nil where the entry is wrong.
  mutating func read(exists: (String) -> Bool) -> Expectation? {
    check(field.name, exists)
    guard let map = field.value.map else {
      // The short form: a verdict and nothing else.
      if field.value.string != nil { return verdict(field.value).map { Expectation(verdict: $0) } }
      fail(
        "what is expected of \(field.name) must be a mapping, not \(field.value.typeName)", at: field.value.position,
        hint: "for example {verdict: nondeterministic, rule: missing-command, event: 11}")
      return nil
    }
    for other in map.fields where !["verdict", "rule", "event"].contains(other.name) {
      fail("unknown field '\(other.name)'", at: other.position, hint: "the fields are verdict, rule and event")
    }
    guard let verdictValue = map["verdict"] else {
      fail("\(field.name) has no verdict", at: field.position)
      return nil
    }
    guard let verdict = verdict(verdictValue) else { return nil }
    var expectation = Expectation(verdict: verdict)
    if let rule = map["rule"] { expectation.rule = self.rule(rule) }
    if let event = map["event"] { expectation.eventID = eventID(event) }
    return expectation
  }

  private mutating func check(_ name: String, _ exists: (String) -> Bool) {
    if name.contains("/") {
      fail(
        "'\(name)' is no file of this folder", at: field.position,
        hint: "an \(Suite.fileName) names the histories beside it; put another one in the other folder")
      return
    }
    // The name of a file may hold a number sign of its own.
    if exists(name) { return }
    let file = name.split(separator: "#").dropLast().joined(separator: "#")
    if !file.isEmpty, exists(file) { return }
    fail(
      "there is no history '\(name)' in this folder", at: field.position, hint: "remove the entry or restore the file")
  }

  private mutating func verdict(_ value: ConfigurationValue) -> Verdict? {
    if let text = value.string, let verdict = Verdict(rawValue: text) { return verdict }
    fail(
      "\(Self.quoted(value)) is no verdict", at: value.position,
      hint: "the verdicts are \(Verdict.allCases.map(\.rawValue).joined(separator: ", "))")
    return nil
  }

  private mutating func rule(_ value: ConfigurationValue) -> RuleCode? {
    if let text = value.string, let rule = RuleCode(rawValue: text) { return rule }
    fail(
      "\(Self.quoted(value)) is no rule", at: value.position,
      hint: "a rule is what a replay prints beside the verdict, such as missing-command")
    return nil
  }

  private mutating func eventID(_ value: ConfigurationValue) -> Int64? {
    if let id = value.int, id > 0 { return id }
    fail("\(Self.quoted(value)) is no event ID", at: value.position, hint: "events are numbered from 1")
    return nil
  }

  private static func quoted(_ value: ConfigurationValue) -> String { "'\(value.string ?? "\(value)")'" }

  private mutating func fail(_ message: String, at position: SourcePosition, hint: String? = nil) {
    errors.append(SuiteError(file: path, position: position, message: message, hint: hint))
  }
}
