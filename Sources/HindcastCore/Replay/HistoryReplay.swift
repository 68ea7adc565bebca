public import HindcastHistory
import TemporalAPI

/// How one history is replayed.
public struct HistoryReplayOptions: Sendable {
  /// Keep whole stacks with each command; on when a first replay has shown that there is something to report.
  public var capturesStacks = false
  /// In an open history, run the code past the last completed task as far as the events carry.
  public var runsOpenTask = true
  /// Keep every command in the outcome, for showing what two replays did differently.
  public var keepsCommands = false
  /// The namespace that the code is told.
  public var namespace = "default"
  /// Where log lines of workflow code go; nil: nowhere.
  public var logger: (@Sendable (WorkflowLogLine) -> Void)?

  /// The defaults.
  public init() {}
}

/// Replays one history against workflow code and says where the two part.
///
/// This is the analysis: each task's commands are compared with what the history holds right after the task has run, so a
/// difference is found where it arises. What the Go SDK's replayer would say of the same history is `GoReplay`'s business.
public struct HistoryReplay {
  let history: WorkflowHistory
  let options: HistoryReplayOptions

  /// Makes a replay of a history that has no validation errors.
  public init(_ history: WorkflowHistory, options: HistoryReplayOptions = HistoryReplayOptions()) {
    self.history = history
    self.options = options
  }

  /// Runs the code of `runtime` against the history.
  public func run(in runtime: any WorkflowRuntime) -> ReplayOutcome {
    var session = ReplaySession(history: history, options: options)
    session.replay(in: runtime)
    return session.outcome
  }
}

/// One replay under way.
struct ReplaySession {
  let history: WorkflowHistory
  let options: HistoryReplayOptions
  var outcome = ReplayOutcome()
  private let events: [HistoryEvent]
  private var recent: [(eventID: Int64, command: IssuedCommand)] = []
  private var sdkName = ""
  private var remarkedFlags: Set<UInt32> = []

  /// How many matched commands a finding shows.
  private static let contextLength = 10

  init(history: WorkflowHistory, options: HistoryReplayOptions) {
    self.history = history
    self.options = options
    events = history.events
    outcome.events = events.count
  }

  mutating func replay(in runtime: any WorkflowRuntime) {
    guard case .workflowExecutionStartedEventAttributes(let started)? = events.first?.attributes else {
      return fail(
        .invalid,
        Finding(
          .invalidHistory, .error, "the first event is not WorkflowExecutionStarted", eventID: events.first?.eventID))
    }
    let environment = WorkflowEnvironment(
      info: history.workflowInfo(started: started, namespace: options.namespace), capturesStacks: options.capturesStacks
    )
    environment.logger = options.logger
    let run: WorkflowRun
    do {
      run = try WorkflowRun(environment: environment, in: runtime)
    } catch {
      return fail(.failed, Finding(error))
    }
    defer { run.close() }
    replay(run)
    finish(run)
  }

  private mutating func replay(_ run: WorkflowRun) {
    var slicer = HistorySlicer(events)
    let isClosed = events.contains { $0.eventType.closesWorkflow }
    while let slice = slicer.next() {
      if slice.completed == nil {
        // No completion: what the task did is unknown, and in a closed history it did nothing.
        if !isClosed, options.runsOpenTask { runOpenTask(slice, run) }
        return
      }
      noteMetadata(slice)
      run.setReplaying(!slice.mayBeCutShort)
      do throws(TaskFailure) {
        try run.run(slice, of: events)
        let commands = try run.takeCommands()
        outcome.tasks += 1
        if !compare(commands, slice, run) { return }
      } catch {
        return fail(error, slice, run)
      }
      if let closing = slice.output.first(where: { events[$0].eventType.closesWorkflow }) {
        noteEventsAfterClose(closing)
        return
      }
    }
  }

  /// Compares a task's commands; false when they diverge.
  private mutating func compare(_ commands: [IssuedCommand], _ slice: WorkflowTaskSlice, _ run: WorkflowRun) -> Bool {
    note(commands)
    var matcher = TaskMatcher(
      commands: commands, slice: slice, events: events,
      usesProtocolCommands: run.environment.flags.contains(.protocolMessageCommand))
    let divergence = matcher.match()
    outcome.warnings += matcher.remarks
    recent += matcher.matched
    if recent.count > Self.contextLength { recent.removeFirst(recent.count - Self.contextLength) }
    guard var divergence else { return true }
    divergence.taskStartedEventID = slice.started.map { events[$0].eventID }
    describeUncaughtError(&divergence, run)
    if divergence.location == nil, let waiting = run.coroutines.first {
      // The code issued nothing: show where it waits instead.
      divergence.location = waiting.location
      divergence.stack = waiting.frames
    }
    if let deadlock = logicalDeadlock(divergence, commands, run) {
      fail(.deadlocked, deadlock)
    } else {
      fail(divergence.rule == .codeError ? .failed : .nondeterministic, divergence)
    }
    return false
  }

  private mutating func note(_ commands: [IssuedCommand]) {
    for command in commands { outcome.commandDigest.add(command) }
    if options.keepsCommands { outcome.commands += commands }
  }

  /// A workflow that failed with an error that nobody caught is a defect of the code, not a changed command.
  private func describeUncaughtError(_ finding: inout Finding, _ run: WorkflowRun) {
    guard case .failed(let failure, isUncaught: true)? = run.environment.completion,
      finding.actual?.command.commandType == .failWorkflowExecution
    else { return }
    let expectation = finding.expected.map { ", where the history has \($0.summary)" } ?? ""
    finding.rule = .codeError
    finding.message = "the code raised an error\(expectation): \(failure.message)"
    finding.hint = nil
  }

  /// All coroutines are blocked, nothing could wake one, and the history goes on.
  private func logicalDeadlock(_ finding: Finding, _ commands: [IssuedCommand], _ run: WorkflowRun) -> Finding? {
    let isStuck = finding.rule == .notCompleted || (finding.rule == .missingCommand && commands.isEmpty)
    guard isStuck, run.environment.completion == nil, run.wakeSources.isEmpty, !run.coroutines.isEmpty else {
      return nil
    }
    var result = finding
    result.rule = .logicalDeadlock
    result.coroutines = run.coroutines
    result.location = run.coroutines.first?.location
    result.stack = run.coroutines.first?.frames ?? []
    result.message =
      "every coroutine is blocked and nothing can wake one (\(Self.waiting(run))), but the history goes on"
      + (finding.expected.map { " with \($0.summary)" } ?? "")
    result.hint = "look for a channel that nobody sends to, or coroutines that wait for each other"
    return result
  }

  // MARK: The open end

  /// Runs what the history does not know the outcome of: only failures to run count.
  private mutating func runOpenTask(_ slice: WorkflowTaskSlice, _ run: WorkflowRun) {
    let isPending = slice.started != nil || slice.input.contains { events[$0].eventType == .workflowTaskScheduled }
    guard isPending, let last = events.last, run.environment.completion == nil else { return }
    run.setReplaying(false)
    do throws(TaskFailure) {
      try run.run(slice, of: events)
      if slice.started == nil {
        try run.startOpenTask(eventID: last.eventID + 1, at: WorkflowTime(last.eventTime))
      }
      let commands = try run.takeCommands()
      outcome.tasks += 1
      note(commands)
      outcome.pendingCommands = commands.map(\.summary)
      if case .failed(let failure, isUncaught: true)? = run.environment.completion {
        outcome.warnings.append(
          Finding(
            .openTaskFails, .warning, "the next task would fail the workflow: \(failure.message)",
            eventID: last.eventID, location: run.environment.completionLocation))
      }
    } catch {
      fail(error, slice, run)
    }
  }

  // MARK: Verdicts

  private mutating func fail(_ verdict: Verdict, _ finding: Finding) {
    var finding = finding
    finding.matchedBefore = recent.map {
      MatchedCommand(eventID: $0.eventID, summary: $0.command.summary, location: $0.command.location)
    }
    outcome.verdict = verdict
    outcome.failure = finding
  }

  private mutating func fail(_ failure: TaskFailure, _ slice: WorkflowTaskSlice, _ run: WorkflowRun) {
    let verdict: Verdict
    let rule: RuleCode
    switch failure.kind {
    case .nondeterminism: (verdict, rule) = (.nondeterministic, .illegalState)
    case .deadlock: (verdict, rule) = (.deadlocked, .deadlock)
    case .resourceExhausted: (verdict, rule) = (.failed, .memoryLimit)
    case .unreadableHistory:
      (verdict, rule) = (.invalid, failure.message.contains("unknown marker") ? .unknownMarker : .unknownEvent)
    case .codeError: (verdict, rule) = (.failed, .codeError)
    }
    let eventID = run.lastDeliveredEventID
    let event = events.first { $0.eventID == eventID }
    var finding = Finding(
      failure.rule ?? rule, .error, failure.message, eventID: failure.eventID ?? eventID,
      expected: failure.eventID == nil ? event : events.first { $0.eventID == failure.eventID },
      location: failure.location)
    finding.stack = failure.stack
    finding.coroutines = failure.coroutines
    finding.taskStartedEventID = slice.started.map { events[$0].eventID }
    if finding.location == nil { finding.location = failure.coroutines.first?.location }
    fail(verdict, finding)
  }

  private mutating func finish(_ run: WorkflowRun) {
    outcome.warnings += run.environment.warnings
    outcome.versions = run.environment.versionUses
    guard outcome.verdict == .passed else { return }
    let last = events.last?.eventID
    noteOpenDeadlock(run)
    for changeID in run.environment.versionOrder where !run.environment.usedVersions.contains(changeID) {
      outcome.warnings.append(
        Finding(
          .versionUnused, .info,
          "the history has a version marker for \"\(changeID)\", which the code no longer asks for", eventID: last))
    }
    for (_, pending) in run.environment.localActivities.pending.sorted(by: { $0.key < $1.key })
    where history.isClosed {
      outcome.warnings.append(
        Finding(
          .localActivityUnawaited, .warning,
          "the code starts local activity \(pending.request.type), which the history does not have and nothing waits for",
          eventID: last, location: pending.location))
    }
    var names: Set<String> = []
    for name in run.unreceivedSignals where names.insert(name).inserted && run.environment.completion != nil {
      outcome.warnings.append(
        Finding(.unhandledSignal, .info, "signal \"\(name)\" came and was never received", eventID: last))
    }
  }

  /// An open run that nothing can wake breaks nothing recorded, but it will never end.
  private mutating func noteOpenDeadlock(_ run: WorkflowRun) {
    let isClosed = events.contains { $0.eventType.closesWorkflow }
    guard outcome.tasks > 0, !isClosed, run.environment.completion == nil, run.wakeSources.isEmpty,
      let first = run.coroutines.first
    else { return }
    var finding = Finding(
      .logicalDeadlock, .warning, "every coroutine is blocked and nothing can wake one: \(Self.waiting(run))",
      eventID: events.last?.eventID, location: first.location)
    finding.coroutines = run.coroutines
    outcome.warnings.append(finding)
  }

  private static func waiting(_ run: WorkflowRun) -> String {
    run.coroutines.compactMap { coroutine in coroutine.waitingFor.map { "\(coroutine.name): \($0)" } }
      .joined(separator: "; ")
  }

  // MARK: Remarks on the recording

  private mutating func noteEventsAfterClose(_ closing: Int) {
    guard closing + 1 < events.count else { return }
    let next = events[closing + 1]
    outcome.warnings.append(
      Finding(
        .eventsAfterClose, .warning, "events follow \(events[closing].summary), the first is \(next.summary)",
        expected: next))
  }

  private mutating func noteMetadata(_ slice: WorkflowTaskSlice) {
    guard let index = slice.completed,
      case .workflowTaskCompletedEventAttributes(let completed)? = events[index].attributes, completed.hasSdkMetadata
    else { return }
    let name = completed.sdkMetadata.sdkName
    if !name.isEmpty, name != sdkName {
      sdkName = name
      if name != "temporal-go", name != "hindcast" {
        outcome.warnings.append(
          Finding(
            .profileMismatch, .warning,
            "recorded by \(name): its ids and markers differ from the Go SDK's, whose rules this replay follows",
            expected: events[index]))
      }
    }
    guard sdkName.isEmpty || sdkName == "temporal-go" else { return }
    for flag in slice.langUsedFlags where SDKFlags.Flag(rawValue: flag) == nil && remarkedFlags.insert(flag).inserted {
      outcome.warnings.append(
        Finding(
          .unknownFlag, .warning, "unknown SDK flag \(flag): a Go worker of the version known here would fail the task",
          expected: events[index]))
    }
  }
}

extension Finding {
  init(_ error: WorkflowLoadError) {
    self.init(
      error.kind == .unregisteredType ? .unregisteredType : .loadError, .error, error.message, eventID: 1,
      location: error.location, hint: error.hint)
  }
}

extension WorkflowHistory {
  /// What code is told of the run. Exports often lack the run id, which seeds children's ids; the ids of recorded children
  /// tell it then.
  func workflowInfo(
    started: Temporal_Api_History_V1_WorkflowExecutionStartedEventAttributes, namespace: String
  ) -> WorkflowInfo {
    var info = WorkflowInfo(started: started, workflowID: workflowID, runID: runID, namespace: namespace)
    guard info.currentRunID.isEmpty else { return info }
    for event in events {
      guard case .startChildWorkflowExecutionInitiatedEventAttributes(let child)? = event.attributes else { continue }
      let parts = child.workflowID.split(separator: "_", omittingEmptySubsequences: false)
      if parts.count == 2, parts[0].utf8.count == 36, Int64(parts[1]) != nil {
        info.currentRunID = String(parts[0])
        break
      }
    }
    return info
  }
}
