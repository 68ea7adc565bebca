/// When each of many has something to do, earliest first.
struct DueTimes<Key: Hashable & Sendable>: Sendable {
  private struct Entry {
    var due: Int64
    /// Among equals the one that was set first is first.
    var sequence: UInt64
    var key: Key
  }

  private var heap: [Entry] = []
  private var current: [Key: (due: Int64, sequence: UInt64)] = [:]
  private var sequence: UInt64 = 0

  /// The earliest due time.
  var next: Int64? { heap.first?.due }

  /// Sets when something is due; `nil` when it waits for nothing.
  mutating func set(_ due: Int64?, for key: Key) {
    guard let due else {
      if current.removeValue(forKey: key) != nil { removeOvertaken() }
      return
    }
    if current[key]?.due == due { return }
    sequence += 1
    current[key] = (due, sequence)
    push(Entry(due: due, sequence: sequence, key: key))
    removeOvertaken()
  }

  /// Takes out what is due earliest, if it is due.
  mutating func popDue(at now: Int64) -> Key? {
    guard let first = heap.first, first.due <= now else { return nil }
    current[first.key] = nil
    removeOvertaken()
    return first.key
  }

  /// Entries that a later `set` overtook stay in the heap until they come to its top, or are more than the others.
  private mutating func removeOvertaken() {
    while let first = heap.first, !isCurrent(first) { removeFirst() }
    guard heap.count > 64, heap.count > 2 * current.count else { return }
    // A sorted array is a heap.
    heap = heap.filter(isCurrent).sorted(by: Self.isBefore)
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
