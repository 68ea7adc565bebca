import HindcastHistory
import TemporalAPI

/// The words for what was done to the code.
struct CauseText {
  private let script: EditScript
  private let unreceivedSignals: [String]

  /// More sentences than this are a list, not an explanation.
  private static let sentenceLimit = 3
  private static let listLimit = 4

  init(_ script: EditScript, unreceivedSignals: [String]) {
    self.script = script
    self.unreceivedSignals = unreceivedSignals
  }

  /// One to three sentences, joined by semicolons; without the first letter's capital.
  var text: String {
    let groups = Self.groups(script.placed)
    var sentences = groups.prefix(Self.sentenceLimit).map(sentence)
    for index in sentences.indices.dropFirst() {
      for lead in ["the code's ", "the code "] where sentences[index].hasPrefix(lead) {
        sentences[index] = (lead == "the code " ? "it " : "its ") + sentences[index].dropFirst(lead.count)
        break
      }
    }
    let more = groups.dropFirst(Self.sentenceLimit).reduce(0) { $0 + $1.count }
    if more > 0 { sentences.append("and there \(more == 1 ? "is 1 more change" : "are \(more) more changes")") }
    return sentences.joined(separator: "; ")
  }

  /// Edits of one kind in one place, which one sentence tells of.
  private static func groups(_ placed: [EditScript.Placed]) -> [[EditScript.Placed]] {
    var groups: [[EditScript.Placed]] = []
    for edit in placed {
      if let last = groups.last?.last, last.edit.kind == edit.edit.kind {
        let isOnePlace = last.gap == edit.gap && [.inserted, .removed].contains(edit.edit.kind)
        let isSameAgain = last.code == edit.code && last.history == edit.history
        if isOnePlace || isSameAgain {
          groups[groups.count - 1].append(edit)
          continue
        }
      }
      groups.append([edit])
    }
    return groups
  }

  private func sentence(_ group: [EditScript.Placed]) -> String {
    let first = group[0]
    switch first.edit.kind {
    case .inserted: return counted(group) ?? inserted(group)
    case .removed: return counted(group) ?? removed(group)
    case .swapped: return swapped(first)
    case .moved: return moved(first)
    case .renamed: return renamed(first) + times(group)
    case .replaced: return replaced(first) + times(group)
    case .attributeChanged: return "the code \(first.code?.deed ?? "does something") with other values"
    case .versionMarkerMissing: return version(first)
    case .versionMarkerStale: return staleVersion(first)
    case .endChanged: return end(first)
    }
  }

  private func times(_ group: [EditScript.Placed]) -> String { group.count > 1 ? ", \(group.count) times" : "" }

  private static func number(_ id: Int64?) -> String { id.map { " (event \($0))" } ?? "" }

  private static func list(_ items: [String]) -> String {
    var shown = Array(items.prefix(listLimit))
    if items.count > shown.count { shown.append("\(items.count - shown.count) more") }
    guard let last = shown.popLast() else { return "" }
    return shown.isEmpty ? last : shown.joined(separator: ", ") + " and " + last
  }

  // MARK: More or fewer

  /// What the code does as well elsewhere: it does it another number of times.
  private func counted(_ group: [EditScript.Placed]) -> String? {
    guard let count = script.changedCount else { return nil }
    let isMore = count.code > count.history
    let place = isMore ? "" : Self.number(group[0].edit.event?.eventID)
    return "the code \(count.subject.deed) \(isMore ? "more" : "fewer") times than the history: "
      + "\(Self.times(count.code)), not \(Self.times(count.history))\(place)"
  }

  private static func times(_ count: Int) -> String {
    switch count {
    case 1: "once"
    case 2: "twice"
    default: "\(count) times"
    }
  }

  private func inserted(_ group: [EditScript.Placed]) -> String {
    // The same again elsewhere is told as the first of several.
    let isRepeated = Set(group.map(\.code)).count == 1 && group.count > 1
    let told = isRepeated ? group.prefix(1) : group[...]
    let deeds = told.compactMap { edit in edit.code.map { $0.end ?? "\($0.verb) \($0.newNoun)" } }
    var text = "the code \(Self.list(deeds))"
    if let next = group[0].next {
      text +=
        next.subject.end == nil
        ? " before \(next.subject.definiteNoun)\(Self.number(next.eventID))" : " before it \(next.subject.deed)"
    } else if let previous = group[0].previous {
      text += " after \(previous.subject.definiteNoun)\(Self.number(previous.eventID))"
    }
    if isRepeated { text += ", and \(Self.times(group.count - 1)) more" }
    return text
  }

  private func removed(_ group: [EditScript.Placed]) -> String {
    let isHandled = group.contains { if case .acceptUpdate? = $0.history { true } else { false } }
    let deeds = group.compactMap { edit -> String? in
      // Who does not take an update cannot answer it.
      if isHandled, case .answerUpdate? = edit.history { return nil }
      return edit.history.map { "\($0.deed)\(Self.number(edit.edit.event?.eventID))" }
    }
    var text = "the code no longer \(Self.list(deeds))"
    if let next = group[0].next {
      text +=
        next.subject.end == nil
        ? "; it goes on with \(next.subject.definiteNoun)\(Self.number(next.eventID))"
        : " before it \(next.subject.deed)"
    } else if let previous = group[0].previous {
      text += " after \(previous.subject.definiteNoun)\(Self.number(previous.eventID))"
    }
    return text
  }

  // MARK: Order

  private func swapped(_ edit: EditScript.Placed) -> String {
    let event = edit.history?.definiteNoun ?? "a command"
    guard let partner = edit.partner else { return "the code \(edit.code?.deed ?? "does this") in another order" }
    return "the code changed the order of two commands: it \(partner.deed) before \(event), "
      + "where the history has \(event)\(Self.number(edit.edit.event?.eventID)) first"
  }

  private func moved(_ edit: EditScript.Placed) -> String {
    let deed = edit.code?.deed ?? "goes on"
    let place = Self.number(edit.edit.event?.eventID)
    let awaited = edit.awaited.map { " for \($0.title)\(Self.number($0.eventID))" } ?? ""
    if case .lags = edit.detail {
      return "the code \(deed) later than the history\(place): it waits\(awaited) first"
    }
    return "the code \(deed) earlier than the history\(place): it does not wait\(awaited)"
  }

  // MARK: Other things

  private func renamed(_ edit: EditScript.Placed) -> String {
    let place = Self.number(edit.edit.event?.eventID)
    let ids = edit.edit.differences.filter { $0.field.hasSuffix("Id") && !$0.field.contains(".") }
    if ids.count == edit.edit.differences.count, let id = ids.first {
      return "the code gives \(edit.code?.noun ?? "a command") the ID \(id.actual), where the history has "
        + "\(id.expected)\(place)"
    }
    return "the code \(edit.code?.deed ?? "does something else") where the history has "
      + "\(edit.history?.definiteNoun ?? "something else")\(place)"
  }

  private func replaced(_ edit: EditScript.Placed) -> String {
    "the code \(edit.code?.deed ?? "does something else") instead of \(edit.history?.definiteNoun ?? "what the history has")"
      + Self.number(edit.edit.event?.eventID)
  }

  // MARK: Versions

  private func version(_ edit: EditScript.Placed) -> String {
    guard let version = edit.version else { return "the history lacks a version marker" }
    let range = version.range
    guard let recorded = version.recorded else {
      if version.minimum > -1 {
        return "the code no longer supports runs from before the change \"\(version.changeID)\": it asks for version "
          + "\(range), and the history has no version marker of that change"
      }
      return "the history has no version marker of the change \"\(version.changeID)\", but holds what the code does in "
        + "version \(version.maximum): the marker is missing"
    }
    let place = Self.number(edit.edit.event?.eventID)
    return recorded < version.minimum
      ? "the code no longer supports version \(recorded) of the change \"\(version.changeID)\"\(place), which this run "
        + "follows: it asks for version \(range)"
      : "the code is older than this run: it knows version \(range) of the change \"\(version.changeID)\", and the "
        + "history follows version \(recorded)\(place)"
  }

  private func staleVersion(_ edit: EditScript.Placed) -> String {
    guard let version = edit.version, let recorded = version.recorded else { return "a version marker is stale" }
    return
      "the code no longer asks for the version of the change \"\(version.changeID)\", of which the history follows "
      + "version \(recorded)\(Self.number(edit.edit.event?.eventID))"
  }

  // MARK: The end

  private func end(_ edit: EditScript.Placed) -> String {
    let place = Self.number(edit.edit.event?.eventID)
    switch edit.detail {
    case .endsEarly(let count):
      let more = count > 1 ? " and \(count - 1) more" : ""
      return "the code ends early: it \(edit.code?.end ?? "ends") where the history goes on with "
        + "\(edit.history?.title ?? "other events")\(place)\(more)"
    case .waits(let what):
      let waits = what.map { ": it waits for \($0)" } ?? ""
      let lost = unreceivedSignals.isEmpty ? "" : "; nobody received the signal \(Self.list(unreceivedSignals))"
      if case .acceptUpdate(let name)? = edit.history {
        return "the code no longer handles update \(name)\(place)\(waits)"
      }
      guard let history = edit.history?.end else {
        return "the code does not go on\(waits), where the history has \(edit.history?.title ?? "more")\(place)\(lost)"
      }
      return "the code does not end\(waits), where the history \(history)\(place)\(lost)"
    case .hurries, .lags: return moved(edit)
    case .none:
      return "the code \(edit.code?.end ?? "goes on") where the history \(edit.history?.end ?? "goes on")\(place)"
    }
  }
}
