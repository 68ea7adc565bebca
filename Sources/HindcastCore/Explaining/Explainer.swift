public import HindcastHistory
import TemporalAPI

/// Looks for what was done to the code since a history was recorded.
///
/// The code is rehearsed (see `Rehearsal`) under one reading of what it does after another, the cheapest first, until
/// one needs no more than a single change or nothing better is left. The search counts rehearsals and events, never time,
/// so equal inputs have equal explanations.
public struct Explainer {
  /// What was found.
  public struct Result {
    /// The explanation; nil where nothing can be said.
    public var explanation: Explanation?
    /// Whether code ran into a limit, so that what it ran in should not be used again.
    public var usedUpRuntime = false
  }

  private struct Attempt {
    var script: [Int]
    /// The least that it can cost.
    var bound: Double
    var priority: Double
  }

  fileprivate struct Account {
    var script: EditScript
    var cost: Double
    var matched: Int
    var signals: [String]
  }

  private let history: WorkflowHistory
  private let namespace: String

  private static let rehearsalLimit = 150
  private static let eventLimit = 200_000
  private static let rowsBefore = 3
  private static let rowsAfter = 6

  /// Makes an explainer of a history.
  /// - Parameter namespace: the namespace that the code is told.
  public init(_ history: WorkflowHistory, namespace: String = "default") {
    self.history = history
    self.namespace = namespace
  }

  /// Explains a finding that a replay of the history in this runtime ended with.
  /// - Parameter isOutOfTime: asked after each task; once it says so, what was found by then has to do. It is meant for code
  ///   so slow that there would be no verdict for its explanation.
  public func explain(
    _ finding: Finding, in runtime: any WorkflowRuntime, isOutOfTime: @escaping () -> Bool = { false }
  ) -> Result {
    guard finding.rule.isDivergence else { return Result() }
    let story = RecordedStory(history)
    var result = Result()
    if let damage = Self.damage(finding, story) {
      result.explanation = damage
      return result
    }
    var best: Account?
    var queue = [Attempt(script: [], bound: 0, priority: 0)]
    var (rehearsals, events) = (0, 0)
    while !queue.isEmpty, rehearsals < Self.rehearsalLimit, events < Self.eventLimit, !isOutOfTime() {
      let attempt = Self.takeBest(&queue)
      if let best, best.script.isComplete, attempt.bound > best.cost - 0.01 { continue }
      let rehearsal = Rehearsal(story, script: attempt.script, isOutOfTime: isOutOfTime)
      defer { rehearsal.close() }
      rehearsal.perform(of: history, namespace: namespace, in: runtime)
      rehearsals += 1
      events += rehearsal.delivered
      if case .failed(isLimit: true) = rehearsal.ending { result.usedUpRuntime = true }
      let account = Account(
        script: EditScript(rehearsal), cost: rehearsal.cost, matched: rehearsal.matched,
        signals: rehearsal.run?.unreceivedSignals ?? [])
      if best.map({ account.isBetter(than: $0) }) ?? true { best = account }
      if result.usedUpRuntime { break }
      queue += Self.alternatives(to: attempt, rehearsal.choices)
    }
    guard let best else { return result }
    result.explanation = explanation(best, of: finding, story)
    return result
  }

  private static func takeBest(_ queue: inout [Attempt]) -> Attempt {
    var first = 0
    for index in queue.indices where queue[index].priority < queue[first].priority { first = index }
    return queue.remove(at: first)
  }

  /// The other ways at each choice that the attempt left to the rehearsal.
  private static func alternatives(to attempt: Attempt, _ choices: [Rehearsal.Choice]) -> [Attempt] {
    var result: [Attempt] = []
    for index in choices.indices.dropFirst(attempt.script.count) {
      let choice = choices[index]
      for other in choice.costs.indices where other != choice.taken {
        let bound = choice.costBefore + choice.costs[other]
        result.append(
          Attempt(
            script: choices[..<index].map(\.taken) + [other], bound: bound,
            priority: 4 * bound - Double(choice.matchedBefore)))
      }
    }
    return result
  }

  // MARK: The account

  private func explanation(_ best: Account, of finding: Finding, _ story: RecordedStory) -> Explanation? {
    let script = best.script
    guard !script.placed.isEmpty else { return Self.plain(finding) }
    let first = script.firstRow ?? 0
    let rows = script.rows[max(0, first - Self.rowsBefore)..<min(script.rows.count, first + Self.rowsAfter)]
    return Explanation(
      edits: script.placed.map(\.edit), isComplete: script.isComplete,
      cause: CauseText(script, unreceivedSignals: best.signals).text, fix: VersionGate(script, story: story).fix,
      rows: Array(rows))
  }

  /// What is wrong with the history, whatever the code does.
  private static func damage(_ finding: Finding, _ story: RecordedStory) -> Explanation? {
    let place = number(finding.eventID)
    switch finding.rule {
    case .versionUpsertMissing:
      return damaged(
        "its version marker\(place) is not followed by the update of TemporalChangeVersion that it speaks of",
        edit: CommandEdit(.versionMarkerMissing, event: finding.expected, location: finding.location))
    case .unexpectedResolution:
      guard let event = finding.expected, story.owner(of: event) == .unknown,
        let reference = event.references.first(where: \.isDecisive)
      else { return nil }
      return damaged(
        "\(event.eventType.displayName)\(place) is the answer to event \(reference.eventID), which is not "
          + reference.type.displayName)
    default: return nil
    }
  }

  private static func damaged(_ what: String, edit: CommandEdit? = nil) -> Explanation {
    Explanation(
      edits: edit.map { [$0] } ?? [], isComplete: false, cause: "the history contradicts itself: \(what)",
      fix: Fix(advice: "the code is not to blame: export the history again"))
  }

  /// For code that does what the history says when it is rehearsed: what is left are the numbers of things.
  private static func plain(_ finding: Finding) -> Explanation? {
    switch finding.rule {
    case .activityIDChanged, .timerIDChanged, .childIDChanged, .missingCommand, .illegalState:
      Explanation(
        edits: [], isComplete: false,
        cause: "the code does what the history holds, but under other IDs than those in the history"
          + number(finding.eventID),
        fix: Fix(advice: "look for markers that were edited out of the history, or that another SDK wrote"))
    default: nil
    }
  }

  private static func number(_ id: Int64?) -> String { id.map { " (event \($0))" } ?? "" }
}

extension Explainer.Account {
  /// A whole account beats a partial one; then the cheaper, then the one that carries further.
  fileprivate func isBetter(than other: Self) -> Bool {
    if script.isComplete != other.script.isComplete { return script.isComplete }
    if script.isComplete { return cost < other.cost - 0.01 }
    let (own, others) = (Double(matched) - 2 * cost, Double(other.matched) - 2 * other.cost)
    if abs(own - others) > 0.01 { return own > others }
    // Where neither gets on: code that fails on the recorded answer is not what got it, while one that fails on no answer
    // may well be new.
    return isNew && !other.isNew
  }

  private var isNew: Bool { script.placed.first?.edit.kind == .inserted }
}

extension RuleCode {
  /// Whether the rule says that code and history disagree on what was done.
  public var isDivergence: Bool {
    switch self {
    case .missingCommand, .extraCommand, .commandsReordered, .commandKindChanged, .completedEarly, .notCompleted,
      .closeKindChanged, .activityTypeChanged, .activityIDChanged, .timerIDChanged, .childTypeChanged, .childIDChanged,
      .signalChanged, .cancelTargetChanged, .markerChanged, .updateChanged, .versionUnsupported, .versionUpsertMissing,
      .sideEffectAdded, .mutableSideEffectAdded, .localActivityChanged, .unexpectedResolution, .updateUnanswered,
      .illegalState:
      true
    default: false
    }
  }
}
