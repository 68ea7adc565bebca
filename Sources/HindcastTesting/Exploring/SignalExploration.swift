public import HindcastHistory
private import Synchronization
public import TemporalAPI

/// A signal that an exploration sends at every possible moment.
public struct ExploredSignal: Sendable {
  /// The signal's name.
  public var name: String
  /// Its arguments.
  public var payloads: Payloads?
  /// Which workflow gets it; the first one that the body starts unless told.
  public var workflowID: String?

  /// A signal with payloads as they are.
  public init(_ name: String, payloads: Payloads? = nil, workflowID: String? = nil) {
    self.name = name
    self.payloads = payloads
    self.workflowID = workflowID
  }

  /// A signal with an argument, encoded as JSON.
  public init(_ name: String, _ argument: some Encodable, workflowID: String? = nil) throws {
    self.init(name, payloads: try encode(argument), workflowID: workflowID)
  }
}

/// When an exploration sends a signal.
public struct SignalMoment: Sendable, Hashable, CustomStringConvertible {
  /// A workflow task of the environment, counted from 1.
  public var task: Int
  /// Whether a worker has the task already: then the signal waits until it is answered.
  public var isInFlight: Bool

  /// `before task 2`, `while task 2 is in flight`.
  public var description: String { isInFlight ? "while task \(task) is in flight" : "before task \(task)" }
}

/// What an exploration tried without finding anything.
public struct ExplorationResult: Sendable, Hashable {
  /// Runs in which every signal was delivered.
  public var interleavings: Int
}

/// The first interleaving that breaks the workflow.
public struct ExplorationFailure: Error, Sendable, CustomStringConvertible {
  /// When each signal was sent, in the order in which the signals were given.
  public var moments: [(signal: String, moment: SignalMoment)]
  /// What the body threw.
  public var error: any Error
  /// The histories of the workflows that got the signals.
  public var histories: [WorkflowHistory]
  /// How many interleavings had gone well before.
  public var interleavings: Int

  /// The moments, the error, and the history as a list of its events.
  public var description: String {
    let when = moments.map { "\($0.signal) \($0.moment)" }.joined(separator: ", ")
    let events = histories.map { history in
      "history of \(history.workflowID ?? "the workflow"):\n"
        + history.timeline
    }
    return "with signal \(when) (after \(interleavings) interleavings that went well): \(error)\n"
      + events.joined(separator: "\n")
  }
}

extension TestEnvironment {
  /// Runs a test once for every moment at which signals can come between a workflow's tasks, and reports the first that breaks.
  ///
  /// ```swift
  /// try await TestEnvironment.exploreSignals([ExploredSignal("approve", true)]) {
  ///   try TestEnvironment(app: "Histories/orders")
  /// } body: { environment in
  ///   let run = try await environment.start("app:order_workflow", order)
  ///   let outcome: Outcome = try await run.result()
  ///   guard outcome.status == "shipped" else { throw Unexpected(outcome) }
  /// }
  /// ```
  ///
  /// Signals come before each workflow task, and while a worker has it. With several signals every combination is run.
  ///
  /// - Parameters:
  ///   - signals: What is sent, once each.
  ///   - maximumRuns: How many runs there may be at most.
  ///   - makeEnvironment: Makes the environment of one run; the same every time.
  ///   - body: Starts the workflow, waits for its end, and throws when something is wrong.
  /// - Throws: ``ExplorationFailure`` for the first interleaving in which the body throws.
  @discardableResult
  public static func exploreSignals(
    _ signals: [ExploredSignal], maximumRuns: Int = 1_000,
    in makeEnvironment: @Sendable () throws -> TestEnvironment,
    body: @Sendable (TestEnvironment) async throws -> Void
  ) async throws -> ExplorationResult {
    var exploration = Exploration(signals: signals, runsLeft: maximumRuns)
    try await exploration.explore([], makeEnvironment, body)
    return ExplorationResult(interleavings: exploration.interleavings)
  }
}

/// An exploration under way.
private struct Exploration {
  let signals: [ExploredSignal]
  var runsLeft: Int
  var interleavings = 0

  /// Runs every way to go on from a plan for the first signals.
  mutating func explore(
    _ plan: [SignalMoment], _ makeEnvironment: @Sendable () throws -> TestEnvironment,
    _ body: @Sendable (TestEnvironment) async throws -> Void
  ) async throws {
    var task = 1
    while true {
      var isReached = false
      for isInFlight in [false, true] {
        let next = plan + [SignalMoment(task: task, isInFlight: isInFlight)]
        if next.count < signals.count {
          // Whether a moment can be reached at all shows in a run that sends the signals so far.
          guard try await run(next, makeEnvironment, body) else { continue }
          isReached = true
          try await explore(next, makeEnvironment, body)
        } else if try await run(next, makeEnvironment, body) {
          isReached = true
        }
        if runsLeft <= 0 { return }
      }
      if !isReached { return }
      task += 1
    }
  }

  /// Runs the body with signals sent as planned.
  ///
  /// - Returns: Whether every moment of the plan came.
  private mutating func run(
    _ plan: [SignalMoment], _ makeEnvironment: @Sendable () throws -> TestEnvironment,
    _ body: @Sendable (TestEnvironment) async throws -> Void
  ) async throws -> Bool {
    runsLeft -= 1
    let environment = try makeEnvironment()
    let delivery = Delivery(signals: Array(signals.prefix(plan.count)), plan: plan)
    await environment.setBoundary { [weak environment] boundary in
      guard let environment else { return }
      for signal in delivery.due(at: SignalMoment(task: boundary.task, isInFlight: boundary.isInFlight)) {
        guard let id = await signal.workflowID.orElse({ await environment.firstWorkflowID }) else { continue }
        do {
          try await environment.run(workflowID: id).signal(signal.name, payloads: signal.payloads)
        } catch TestEnvironmentError.refused {
          // The workflow is over or has not begun: this moment does not exist.
          delivery.undo()
        }
      }
    }
    var failure: (any Error)?
    do {
      try await body(environment)
    } catch {
      failure = error
    }
    guard delivery.isComplete else { return false }
    // A plan for some of the signals may leave the workflow waiting for the others.
    guard plan.count == signals.count else { return true }
    if let failure {
      var histories: [WorkflowHistory] = []
      if let id = await environment.firstWorkflowID, let history = try? await environment.history(workflowID: id) {
        histories.append(history)
      }
      throw ExplorationFailure(
        moments: zip(signals, plan).map { ($0.name, $1) }, error: failure, histories: histories,
        interleavings: interleavings)
    }
    interleavings += 1
    return true
  }
}

/// Which signals of a plan were sent.
private final class Delivery: Sendable {
  private let signals: [ExploredSignal]
  private let plan: [SignalMoment]
  private let state = Mutex<(sent: Set<Int>, missed: Bool)>(([], false))

  init(signals: [ExploredSignal], plan: [SignalMoment]) {
    self.signals = signals
    self.plan = plan
  }

  /// The signals that are to be sent at a moment and were not, in their order.
  func due(at moment: SignalMoment) -> [ExploredSignal] {
    state.withLock { state in
      plan.indices.filter { plan[$0] == moment && state.sent.insert($0).inserted }.map { signals[$0] }
    }
  }

  /// A signal could not be sent after all.
  func undo() { state.withLock { $0.missed = true } }

  var isComplete: Bool { state.withLock { $0.sent.count == plan.count && !$0.missed } }
}

extension Optional {
  fileprivate func orElse(_ other: () async -> Wrapped?) async -> Wrapped? {
    if let self { return self }
    return await other()
  }
}
