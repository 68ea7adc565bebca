import HindcastHistory
import TemporalAPI

/// What mends a divergence: mostly, a version gate round what was changed.
struct VersionGate {
  private let script: EditScript
  private let language: CodeLanguage
  private let knownChanges: Set<String>

  /// A gate with more branches than this is no start for anybody.
  private static let branchLimit = 4

  init(_ script: EditScript, story: RecordedStory) {
    self.script = script
    language = CodeLanguage(of: script.placed.lazy.compactMap(\.edit.location).first)
    knownChanges = Set(story.versionMarkers.map(\.changeID))
  }

  /// The fix; nil where there are no edits to mend.
  var fix: Fix? {
    guard let first = script.placed.first else { return nil }
    let location = first.edit.location
    switch first.edit.kind {
    case .versionMarkerMissing: return version(first, location)
    case .versionMarkerStale:
      guard let version = first.version, let recorded = version.recorded else { return nil }
      return Fix(
        advice: "ask for the version again, and keep what version \(recorded) does until no open run and no history "
          + "that you replay follows it",
        snippet: language.constant("version", language.version(version.changeID, -1, max(recorded, 1))),
        location: location)
    case .endChanged: return end(first, location)
    case .swapped, .moved, .renamed, .replaced, .inserted, .removed, .attributeChanged: return gate(location)
    }
  }

  // MARK: Gates

  private func gate(_ location: SourceLocation?) -> Fix {
    let changeID = changeID(of: script.placed[0])
    let advice =
      "runs that began before the change must keep what they did: put the change behind a version, or revert it"
    if let count = script.changedCount, script.places[count.subject]?.count == 1, count.code > 1 {
      let line = language.times(changeID, new: count.code, old: count.history)
      return Fix(advice: advice, snippet: line, location: location)
    }
    let blocks = blocks(of: script.placed)
    guard !blocks.isEmpty else {
      return Fix(advice: advice, snippet: waitingGate(script.placed[0]), location: location)
    }
    var lines: [String] = []
    let call = language.version(changeID, -1, 1)
    if blocks.count == 1 {
      lines += blocks[0].declaration.map { [$0] } ?? []
      lines += language.branch("\(call) >= 1", not: "\(call) < 1", new: blocks[0].new, old: blocks[0].old)
    } else {
      lines = [language.constant("version", call)]
      for block in blocks.prefix(Self.branchLimit) {
        lines += block.declaration.map { [$0] } ?? []
        lines += language.branch("version >= 1", not: "version < 1", new: block.new, old: block.old)
      }
      if blocks.count > Self.branchLimit { lines.append("\(language.comment) and so on") }
    }
    return Fix(advice: advice, snippet: lines.joined(separator: "\n"), location: location)
  }

  /// What is done by new and by old runs in one place.
  private struct Block: Equatable {
    var declaration: String?
    var new: [String]
    var old: [String]
  }

  private func blocks(of edits: some Sequence<EditScript.Placed>) -> [Block] {
    var blocks: [Block] = []
    var lastGap: Int?
    for edit in edits {
      if case .answerUpdate? = edit.history { continue }
      guard var block = block(edit), !blocks.contains(block) else { continue }
      if edit.gap == lastGap, [.inserted, .removed].contains(edit.edit.kind), let last = blocks.popLast() {
        (block.new, block.old) = (last.new + block.new, last.old + block.old)
      }
      lastGap = edit.gap
      blocks.append(block)
    }
    return blocks
  }

  private func block(_ edit: EditScript.Placed) -> Block? {
    let (new, old) = (edit.code.map(language.call), edit.history.map(language.call))
    switch edit.edit.kind {
    case .inserted: return new.map { Block(new: [$0], old: []) }
    case .removed: return old.map { Block(new: [], old: [$0]) }
    case .renamed:
      guard let new, let old else { return nil }
      // IDs are options, which a call's name does not show.
      let ids = edit.edit.differences.first { $0.field.hasSuffix("Id") && !$0.field.contains(".") }
      guard let ids, new == old else { return Block(new: [new], old: [old]) }
      return Block(
        new: [new + "  \(language.comment) ID \(ids.actual)"], old: [old + "  \(language.comment) ID \(ids.expected)"])
    case .replaced:
      guard let new, let old else { return nil }
      return Block(new: [new], old: [old])
    case .swapped:
      guard let partner = edit.partner, let history = edit.history else { return nil }
      guard !edit.isApart, let starts = language.starts(history, partner) else {
        let (first, second) = (language.call(partner), language.call(history))
        return Block(new: [first, second], old: [second, first])
      }
      return Block(
        declaration: starts.declaration, new: [starts.other, starts.one], old: [starts.one, starts.other])
    case .moved, .attributeChanged, .versionMarkerMissing, .versionMarkerStale, .endChanged: return nil
    }
  }

  /// A change ID that says what was changed, and that the history does not have yet.
  private func changeID(of edit: EditScript.Placed) -> String {
    let verb: String
    let subject: Subject?
    switch edit.edit.kind {
    case .inserted: (verb, subject) = ("add", edit.code)
    case .removed: (verb, subject) = ("remove", edit.history)
    case .renamed: (verb, subject) = ("rename", edit.history)
    case .replaced: (verb, subject) = ("replace", edit.history)
    case .swapped: (verb, subject) = ("reorder", edit.history)
    case .moved: (verb, subject) = ("move", edit.code)
    default: (verb, subject) = ("change", edit.history ?? edit.code)
    }
    return free("\(verb)-\(subject?.slug ?? "command")")
  }

  private func free(_ base: String) -> String {
    guard knownChanges.contains(base) else { return base }
    return (2...).lazy.map { "\(base)-\($0)" }.first { !knownChanges.contains($0) } ?? base
  }

  // MARK: Versions and ends

  private func version(_ edit: EditScript.Placed, _ location: SourceLocation?) -> Fix? {
    guard let version = edit.version else { return nil }
    let id = version.changeID
    if let recorded = version.recorded, recorded > version.maximum {
      return Fix(
        advice: "run code that knows version \(recorded) of \"\(id)\": this code was replaced, or rolled back",
        snippet: language.version(id, version.minimum, recorded), location: location)
    }
    guard version.recorded != nil || version.minimum > -1 else {
      return Fix(
        advice: "no change of the code mends a history that has lost a marker: export it again; if the gate was put in "
          + "after the change was out, the runs in between cannot be told apart, and must end on the old code",
        location: location)
    }
    let oldest = version.recorded ?? -1
    let call = language.version(id, oldest, version.maximum)
    let branches = blocks(of: script.placed.dropFirst())
    if branches.count == 1, let branch = branches.first, !branch.old.isEmpty {
      let lines = language.branch(
        "\(call) >= \(version.minimum)", not: "\(call) < \(version.minimum)", new: branch.new, old: branch.old)
      return Fix(
        advice: keepAdvice(oldest, id), snippet: lines.joined(separator: "\n"), location: location)
    }
    return Fix(
      advice: keepAdvice(oldest, id), snippet: call, location: location)
  }

  private func keepAdvice(_ oldest: Int, _ id: String) -> String {
    "keep version \(oldest) of \"\(id)\", and what the code did in it, until no open run and no history that you replay "
      + "needs it"
  }

  private func end(_ edit: EditScript.Placed, _ location: SourceLocation?) -> Fix? {
    let revert = "revert the change, or put it behind a version"
    switch edit.detail {
    case .waits:
      if case .acceptUpdate(let name)? = edit.history {
        return Fix(
          advice: "keep handling update \(name), under that name, as long as runs that got one are replayed",
          snippet: language.call(.acceptUpdate(name)), location: location)
      }
      return Fix(
        advice: "runs that began before the change never get what the code waits for: \(revert)",
        snippet: waitingGate(edit), location: location)
    case .hurries, .lags:
      return Fix(
        advice: "runs that began before the change must end when they did: \(revert)", snippet: waitingGate(edit),
        location: location)
    case .endsEarly:
      let call = language.version(changeID(of: edit), -1, 1)
      let lines = language.branch(
        "\(call) >= 1", not: "\(call) < 1", new: edit.code.map { [language.call($0)] } ?? [], old: [])
      let rest = "\(language.comment) what the code did up to its end, for runs that began before"
      return Fix(
        advice: "runs that began before the change must go on to their old end: \(revert)",
        snippet: (lines + [rest]).joined(separator: "\n"), location: location)
    case .none:
      guard let code = edit.code, let history = edit.history else { return nil }
      let call = language.version(free("change-end"), -1, 1)
      let lines = language.branch(
        "\(call) >= 1", not: "\(call) < 1", new: [language.call(code)], old: [language.call(history)])
      return Fix(
        advice: "runs that began before the change must end as they did: \(revert)",
        snippet: lines.joined(separator: "\n"), location: location)
    }
  }

  /// What only new runs wait for, or only old ones.
  private func waitingGate(_ edit: EditScript.Placed) -> String {
    var awaited = edit.awaited.map { " for \($0.title)" } ?? ""
    if case .waits(let what?) = edit.detail { awaited = " for \(what)" }
    var (id, new, old): (String, [String], [String]) = (
      "add-wait", ["\(language.comment) the new wait\(awaited)"], []
    )
    if case .hurries = edit.detail {
      (id, new, old) = ("drop-wait", [], ["\(language.comment) the old wait\(awaited)"])
    }
    let call = language.version(free(id), -1, 1)
    return language.branch("\(call) >= 1", not: "\(call) < 1", new: new, old: old).joined(separator: "\n")
  }
}
