/// Which thread works on which run, and what waits for it: the plan behind ``WorkflowThreads``, without threads.
///
/// A run stays with its thread, which keeps it between tasks. A thread that is stuck in one piece of work loses what waits for
/// it to the others, where the runs are rebuilt from their histories.
struct ThreadBoard<Work: Sendable>: Sendable {
  /// Something to do for a run.
  struct Job: Sendable {
    var runID: String
    /// Whether another thread could do it as well.
    var isMovable: Bool
    var work: Work
  }

  /// What a thread is to do next.
  enum Next: Sendable {
    case job(Job)
    /// Forget a run.
    case evict(String)
  }

  private struct Seat: Sendable {
    var queue: [Next] = []
    /// Since when it has been doing what it does; `nil` while it waits.
    var busySince: Duration?
    var load: Int { queue.count + (busySince == nil ? 0 : 1) }
  }

  /// Where a run is.
  private struct Home: Sendable {
    var seat: Int
    var lastUse = 0
    /// How many jobs of its wait or run.
    var jobs = 0
    /// Whether it is in the middle of a task.
    var isOpen = false

    var isInUse: Bool { jobs > 0 || isOpen }
  }

  private var seats: [Seat]
  private var homes: [String: Home] = [:]
  private var uses = 0
  /// How many threads there may be.
  private let mostSeats: Int
  /// How many runs are kept.
  private let mostRuns: Int
  /// How long a thread may take for one thing before it counts as stuck.
  private let patience: Duration

  init(seats: Int, mostSeats: Int, mostRuns: Int, patience: Duration) {
    self.seats = Array(repeating: Seat(), count: max(1, seats))
    self.mostSeats = max(self.seats.count, mostSeats)
    self.mostRuns = mostRuns
    self.patience = patience
  }

  /// The number of threads that there should be.
  var seatCount: Int { seats.count }

  /// How many runs threads have.
  var runCount: Int { homes.count }

  /// Whether something waits.
  var hasWaiting: Bool { seats.contains { !$0.queue.isEmpty } }

  // MARK: Work

  /// Adds a job.
  ///
  /// - Returns: The thread that has something to do now.
  mutating func add(_ job: Job, at now: Duration) -> Int {
    uses += 1
    var seat = homes[job.runID]?.seat
    if let present = seat, job.isMovable, isStuck(present, now) {
      seat = relief(at: now) ?? present
      if seat != present { seats[present].queue.append(.evict(job.runID)) }
    }
    let chosen = seat ?? relief(at: now) ?? leastLoaded(of: seats.indices)
    var home = homes[job.runID] ?? Home(seat: chosen)
    (home.seat, home.lastUse) = (chosen, uses)
    home.jobs += 1
    homes[job.runID] = home
    seats[chosen].queue.append(.job(job))
    return chosen
  }

  /// Takes what a thread does next; `nil` when there is nothing.
  mutating func take(for seat: Int, at now: Duration) -> Next? {
    guard !seats[seat].queue.isEmpty else {
      seats[seat].busySince = nil
      return nil
    }
    seats[seat].busySince = now
    return seats[seat].queue.removeFirst()
  }

  /// Notes what has become of a run that a thread has worked on.
  ///
  /// - Parameters:
  ///   - isThere: Whether the thread still has it.
  ///   - isOpen: Whether it is in the middle of a task.
  /// - Returns: The threads that have something to do now.
  mutating func done(_ runID: String, on seat: Int, isThere: Bool, isOpen: Bool) -> [Int] {
    homes[runID]?.jobs -= 1
    // One that was given to another thread meanwhile is evicted here by what was queued then.
    guard let home = homes[runID], home.seat == seat else { return [] }
    homes[runID]?.isOpen = isOpen
    if !isThere, home.jobs == 0 { homes[runID] = nil }
    return evictSurplus()
  }

  private mutating func evictSurplus() -> [Int] {
    var woken: [Int] = []
    // The runs are few enough to look at each.
    while homes.count > mostRuns, let oldest = homes.lazy.filter({ !$0.value.isInUse }).min(by: Self.isOlder) {
      homes[oldest.key] = nil
      seats[oldest.value.seat].queue.append(.evict(oldest.key))
      woken.append(oldest.value.seat)
    }
    return woken
  }

  private static func isOlder(_ a: (key: String, value: Home), _ b: (key: String, value: Home)) -> Bool {
    a.value.lastUse < b.value.lastUse
  }

  /// Gives what waits behind stuck threads to others.
  ///
  /// - Returns: The threads that have something to do now.
  mutating func rescue(at now: Duration) -> [Int] {
    var woken: [Int] = []
    for stuck in seats.indices where isStuck(stuck, now) && !seats[stuck].queue.isEmpty {
      let waiting = seats[stuck].queue
      seats[stuck].queue = []
      for next in waiting {
        guard case .job(let job) = next, job.isMovable, let relief = relief(at: now) else {
          seats[stuck].queue.append(next)
          continue
        }
        homes[job.runID]?.seat = relief
        seats[relief].queue.append(next)
        seats[stuck].queue.append(.evict(job.runID))
        woken.append(relief)
      }
    }
    return woken
  }

  private func isStuck(_ seat: Int, _ now: Duration) -> Bool {
    seats[seat].busySince.map { now - $0 >= patience } ?? false
  }

  /// The thread with the least to do that is not stuck; a new one if all are.
  private mutating func relief(at now: Duration) -> Int? {
    let free = seats.indices.filter { !isStuck($0, now) }
    if !free.isEmpty { return leastLoaded(of: free) }
    guard seats.count < mostSeats else { return nil }
    seats.append(Seat())
    return seats.count - 1
  }

  private func leastLoaded(of indices: some Sequence<Int>) -> Int {
    indices.min { (seats[$0].load, $0) < (seats[$1].load, $1) } ?? 0
  }
}
