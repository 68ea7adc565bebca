import HindcastCore
import HindcastHistory

/// A piece of work for one thread.
enum Work {
  /// Read a source, and judge its first history.
  case source(HistorySource, slot: Int)
  /// Judge a further history of a source.
  case history(WorkflowHistory, Result<AppCode, WorkflowLoadError>, slot: Int, index: Int)
}

/// What is to be done, what is being done, and what is done and waits for its turn to be handed out.
///
/// Each source has a slot, in the order of the sources; each slot a cell a history. Results leave in the order of slots and
/// cells, and no more slots are open at a time than the look-ahead allows, so memory does not grow with the number of sources.
struct WorkBoard {
  private enum Cell {
    case pending
    case done(ReplayResult)
    case leftOut
  }

  private struct Slot {
    /// Empty until the source was read, which tells how many there are.
    var cells: [Cell] = []
    var isRead = false
    /// The first cell that was not handed out.
    var next = 0

    var isHandedOut: Bool { isRead && next == cells.count }
  }

  /// A replay under way.
  private struct Running {
    let verdict: HistoryVerdict
    let slot: Int
    let index: Int
    let deadline: SuspendingClock.Instant?
  }

  private var sources: any IteratorProtocol<HistorySource>
  private var isExhausted = false
  /// The open slots; `firstSlot` is the number of the first one.
  private var slots: [Slot] = []
  private var firstSlot = 0
  /// Further histories of sources that hold several, taken before any new source.
  ///
  /// Those before `backlogHead` were taken; they are nil, so that the list keeps no history alive.
  private var backlog: [Work?] = []
  private var backlogHead = 0
  /// By worker.
  private var running: [Int: Running] = [:]
  private var nextWorker = 0
  private let lookAhead: Int
  private let timeout: Duration?
  /// Whether nobody wants further results.
  var isStopped = false

  init(_ sources: some IteratorProtocol<HistorySource>, lookAhead: Int, timeout: Duration?) {
    self.sources = sources
    self.lookAhead = lookAhead
    self.timeout = timeout
  }

  /// A number for a new worker.
  mutating func addWorker() -> Int {
    nextWorker += 1
    return nextWorker
  }

  // MARK: For workers

  /// The next piece of work; nil when there will be no more.
  mutating func take() -> Monitor<WorkBoard>.Look<Work?> {
    if isStopped { return .done(nil) }
    if let work = takeFromBacklog() { return .done(work) }
    if isExhausted {
      // A source that is still being read may turn out to hold several histories.
      return slots.allSatisfy(\.isRead) ? .done(nil) : .wait(atMost: nil)
    }
    guard slots.count < lookAhead else { return .wait(atMost: nil) }
    guard let source = sources.next() else {
      isExhausted = true
      return take()
    }
    slots.append(Slot())
    return .done(.source(source, slot: firstSlot + slots.count - 1))
  }

  private mutating func takeFromBacklog() -> Work? {
    guard backlogHead < backlog.count else { return nil }
    let work = backlog[backlogHead]
    backlog[backlogHead] = nil
    backlogHead += 1
    if backlogHead == backlog.count {
      backlog = []
      backlogHead = 0
    }
    return work
  }

  /// A source turned out to be no history, or not readable.
  mutating func close(slot: Int, with result: ReplayResult) {
    slots[slot - firstSlot].cells = [.done(result)]
    slots[slot - firstSlot].isRead = true
  }

  /// A source was read; nil stands for a history that is left out. All but the first that is not are for any thread to take.
  ///
  /// - Returns: the work for the caller.
  mutating func open(
    slot: Int, _ histories: [WorkflowHistory?], _ app: Result<AppCode, WorkflowLoadError>
  ) -> Work? {
    slots[slot - firstSlot].cells = histories.map { $0 == nil ? .leftOut : .pending }
    slots[slot - firstSlot].isRead = true
    var own: Work?
    for case (let index, let history?) in histories.enumerated() {
      let work = Work.history(history, app, slot: slot, index: index)
      if own == nil { own = work } else { backlog.append(work) }
    }
    return own
  }

  /// A worker begins to replay; the watch begins.
  mutating func begin(_ worker: Int, _ verdict: HistoryVerdict, slot: Int, index: Int) {
    // Time in which the machine sleeps is not the replay's fault.
    let deadline = timeout.map { SuspendingClock.now.advanced(by: $0) }
    running[worker] = Running(verdict: verdict, slot: slot, index: index, deadline: deadline)
  }

  /// A worker is done; false when it was given up meanwhile, and must end.
  mutating func finish(_ worker: Int, _ result: ReplayResult) -> Bool {
    guard let run = running.removeValue(forKey: worker) else { return false }
    slots[run.slot - firstSlot].cells[run.index] = .done(result)
    return true
  }

  /// Whether a result waits to be handed out, or none will come.
  var hasNews: Bool {
    guard let slot = slots.first else { return isExhausted }
    if slot.isHandedOut { return true }
    guard slot.isRead else { return false }
    if case .pending = slot.cells[slot.next] { return false }
    return true
  }

  // MARK: For the one who collects

  /// What the collector finds.
  enum Collected {
    /// The results that are next in order.
    case results([ReplayResult])
    /// Workers were given up: this many are missing.
    case missingWorkers(Int)
    /// There are no more results.
    case end
  }

  /// The results that are ready in order.
  ///
  /// It is done as soon as there is room for another source, even without a result, so that the workers hear of it.
  mutating func collect() -> Monitor<WorkBoard>.Look<Collected> {
    var results: [ReplayResult] = []
    let firstOpen = firstSlot
    while let slot = slots.first {
      var slot = slot
      drain(&slot, into: &results)
      slots[0] = slot
      guard slot.isHandedOut else { break }
      slots.removeFirst()
      firstSlot += 1
    }
    if !results.isEmpty || firstSlot > firstOpen { return .done(.results(results)) }
    let now = SuspendingClock.now
    let givenUp = giveUpOverdue(at: now)
    if givenUp > 0 { return .done(.missingWorkers(givenUp)) }
    if slots.isEmpty, isExhausted { return .done(.end) }
    // A replay that begins from now on has at least the timeout left.
    return .wait(atMost: running.values.compactMap(\.deadline).min().map { now.duration(to: $0) } ?? timeout)
  }

  private func drain(_ slot: inout Slot, into results: inout [ReplayResult]) {
    while slot.isRead, slot.next < slot.cells.count {
      switch slot.cells[slot.next] {
      case .pending: return
      case .leftOut: break
      case .done(let result):
        results.append(result)
        slot.cells[slot.next] = .leftOut
      }
      slot.next += 1
    }
  }

  private mutating func giveUpOverdue(at now: SuspendingClock.Instant) -> Int {
    var count = 0
    for (worker, run) in running {
      guard let deadline = run.deadline, deadline <= now else { continue }
      running.removeValue(forKey: worker)
      slots[run.slot - firstSlot].cells[run.index] = .done(.verdict(run.verdict.givenUp(after: timeout ?? .zero)))
      count += 1
    }
    return count
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension HistoryVerdict {
  /// The verdict on a history whose replay did not end.
  fileprivate func givenUp(after timeout: Duration) -> HistoryVerdict {
    var verdict = self
    verdict.verdict = .deadlocked
    verdict.failure = Finding(
      .deadlock, .error, "the replay did not end within \(timeout.seconds) s, and no limit on workflow code stopped it",
      hint: "the time for one history is set with --workflow-timeout")
    verdict.seconds = timeout.seconds
    return verdict
  }
}
