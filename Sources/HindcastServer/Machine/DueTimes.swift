/// When each run has something to do, earliest first.
///
/// A run has one due time, the earliest of all that it waits for; what was due is found when it is.
struct DueTimes: Sendable {
  private struct Entry {
    var due: Int64
    /// Among equals the one that was set first is first.
    var sequence: UInt64
    var key: String
  }

  private var heap: [Entry] = []
  private var current: [String: (due: Int64, sequence: UInt64)] = [:]
  private var sequence: UInt64 = 0

  /// Sets when a run is due next; `nil` when it waits for nothing.
  mutating func set(_ due: Int64?, for key: String) {
    guard let due else {
      current[key] = nil
      return
    }
    if current[key]?.due == due { return }
    sequence += 1
    current[key] = (due, sequence)
    push(Entry(due: due, sequence: sequence, key: key))
  }

  /// The earliest due time.
  ///
  /// Entries that a later `set` overtook stay in the heap until they come to its top.
  var next: Int64? {
    mutating get {
      while let first = heap.first, !isCurrent(first) { removeFirst() }
      return heap.first?.due
    }
  }

  /// Takes out the run that is due earliest, if it is due.
  mutating func popDue(at now: Int64) -> String? {
    while let first = heap.first {
      if isCurrent(first) {
        guard first.due <= now else { return nil }
        current[first.key] = nil
        removeFirst()
        return first.key
      }
      removeFirst()
    }
    return nil
  }

  private func isCurrent(_ entry: Entry) -> Bool { current[entry.key]?.sequence == entry.sequence }

  private static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
    (left.due, left.sequence) < (right.due, right.sequence)
  }

  private mutating func push(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.isBefore(heap[child], heap[parent]) else { break }
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
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && Self.isBefore(heap[child], heap[least])
      {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
