internal import HindcastServer

/// When calls that wait have waited long enough, earliest first.
struct Deadlines {
  private struct Entry {
    var deadline: ContinuousClock.Instant
    var call: CallID
  }

  private var heap: [Entry] = []
  private var current: [CallID: ContinuousClock.Instant] = [:]

  mutating func set(_ deadline: ContinuousClock.Instant, for call: CallID) {
    current[call] = deadline
    heap.append(Entry(deadline: deadline, call: call))
    siftUp(heap.count - 1)
  }

  mutating func remove(_ call: CallID) {
    current[call] = nil
    // Answered calls stay in the heap until their time; not so many of them that they weigh.
    if heap.count > 64 + 2 * current.count {
      heap = current.map { Entry(deadline: $0.value, call: $0.key) }.sorted { $0.deadline < $1.deadline }
    }
  }

  /// The earliest deadline.
  var next: ContinuousClock.Instant? {
    mutating get {
      while let first = heap.first, current[first.call] == nil { removeFirst() }
      return heap.first?.deadline
    }
  }

  /// Takes out a call whose deadline has passed.
  mutating func popDue(at now: ContinuousClock.Instant) -> CallID? {
    guard let next, next <= now, let call = heap.first?.call else { return nil }
    removeFirst()
    current[call] = nil
    return call
  }

  private mutating func siftUp(_ index: Int) {
    var child = index
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].deadline < heap[parent].deadline else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func removeFirst() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].deadline < heap[least].deadline { least = child }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
