import HindcastCore
import HindcastHistory
import HindcastReplay
import TemporalAPI

/// Brings one history to its verdict with the help of a worker.
struct HistoryExamination: Sendable {
  private let trial: Trial
  private let server: VerificationServer

  init(_ history: WorkflowHistory, on server: VerificationServer) {
    trial = Trial(history)
    self.server = server
  }

  private var history: WorkflowHistory { trial.history }

  /// The verdict, or ``VerificationError`` when no worker comes.
  func result() async -> Result<HistoryVerdict, any Error> {
    do {
      return .success(try await verdict())
    } catch {
      return .failure(error)
    }
  }

  private func verdict() async throws -> HistoryVerdict {
    var verdict = HistoryVerdict(validating: history)
    if verdict.verdict == .invalid { return verdict }
    verdict.tasks = trial.tasks.count
    guard !trial.tasks.isEmpty else {
      verdict.warnings.append(
        Finding(.historyNote, .warning, "no workflow task was completed, so there is nothing to replay"))
      return verdict
    }
    let start = ContinuousClock.now
    let (answer, worker) = try await server.show(history) { [trial] in trial.whole(for: $0.sdk.form) }
    verdict.worker = "\(worker)"
    try await take(answer, of: worker, into: &verdict)
    if worker.sdk.form == .query, verdict.verdict == .passed, let idleTask = trial.idleTask {
      let (answer, worker) = try await server.show(history) { _ in idleTask }
      try await take(answer, of: worker, into: &verdict)
    }
    if worker.sdk.form == .workflowTask, verdict.verdict == .passed, trial.hidesLastTask {
      verdict.warnings.append(
        Finding(
          .historyNote, .warning, "the commands of the last task were not compared, because it has local activities",
          eventID: lastStart))
    }
    verdict.seconds = (ContinuousClock.now - start) / .seconds(1)
    return verdict
  }

  private func take(
    _ answer: WorkerAnswer, of worker: WorkerIdentity, into verdict: inout HistoryVerdict
  ) async throws {
    switch answer {
    case .answered: break
    case .completed(let commands): take(commands, into: &verdict)
    case .failed(let failure):
      let kind = failure.kind(query: worker.sdk.queryType)
      if kind == .unknownQuery { return }
      var (outcome, finding) = failure.finding(kind)
      if kind == .nondeterminism { try await locate(&finding, with: failure, worker.sdk.form) }
      verdict.verdict = outcome
      verdict.failure = finding
    case .none(let wait, true):
      verdict.verdict = .deadlocked
      verdict.failure = Finding(
        .deadlock, .error, "\(worker) took the history and gave no answer within \(wait)",
        hint: "the time for one history is set with --timeout")
    case .none(let wait, false):
      verdict.verdict = .failed
      verdict.failure = Finding(
        .codeError, .error,
        "\(worker) took the history and stopped: it gave no answer within \(wait) and polls no more",
        hint: "what the worker logged last may tell why")
    }
  }

  /// Compares the commands of a task with what the history holds for it: the events of the last task, or nothing.
  private func take(_ commands: [Command], into verdict: inout HistoryVerdict) {
    if let last = trial.lastTask {
      guard let finding = CommandMatching.divergence(of: commands, from: last, of: history.events) else { return }
      verdict.verdict = .nondeterministic
      verdict.failure = finding
      return
    }
    guard let extra = commands.first else { return }
    let issued = IssuedCommand(command: extra, location: nil)
    var finding = Finding(
      .extraCommand, .error, "the code issues \(issued.summary), which the history does not hold", eventID: lastStart,
      actual: issued)
    finding.taskStartedEventID = lastStart
    verdict.verdict = .nondeterministic
    verdict.failure = finding
  }

  /// The start of the last task that was completed.
  private var lastStart: Int64? { trial.tasks.last?.started.map { history.events[$0].eventID } }

  // MARK: The event

  /// Finds the event at which the worker parted from the history: the one that its message names, or the first with which
  /// it fails when it gets the history in part.
  private func locate(_ finding: inout Finding, with failure: WorkerFailure, _ form: SDK.Form) async throws {
    var eventID = EventNaming.eventID(in: failure.message, of: history)
    if eventID == nil, let step = try await firstFailingStep(form) {
      let events = trial.steps(for: form)[step].map { history.events[$0] }
      eventID = events.count == 1 ? events[0].eventID : EventNaming.best(of: events, for: failure.message)?.eventID
      finding.taskStartedEventID = events.first.map(\.eventID).flatMap(taskStart)
    }
    guard let eventID else { return }
    finding.eventID = eventID
    finding.expected = history.events.first { $0.eventID == eventID }
    finding.taskStartedEventID = taskStart(of: eventID) ?? finding.taskStartedEventID
  }

  private func taskStart(of eventID: Int64) -> Int64? {
    trial.task(of: eventID)?.started.map { history.events[$0].eventID }
  }

  /// The first step that makes the worker fail; nil when it fails with none of them.
  private func firstFailingStep(_ form: SDK.Form) async throws -> Int? {
    var (passing, failing) = (-1, trial.steps(for: form).count - 1)
    guard failing >= 0, try await fails(through: failing, form) else { return nil }
    while failing - passing > 1 {
      let middle = passing + (failing - passing) / 2
      if try await fails(through: middle, form) { failing = middle } else { passing = middle }
    }
    return failing
  }

  private func fails(through step: Int, _ form: SDK.Form) async throws -> Bool {
    let (answer, worker) = try await server.show(history) { [trial] _ in trial.part(through: step, for: form) }
    guard case .failed(let failure) = answer else { return false }
    return failure.kind(query: worker.sdk.queryType) == .nondeterminism
  }
}
