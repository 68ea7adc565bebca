internal import HeapModule

/// When each of many has something to do, earliest first.
package struct DueTimes<Key: Hashable & Sendable, Time: Comparable & Sendable>: Sendable {
  private struct Entry: Comparable, Sendable {
    var due: Time
    /// Among equals the one that was set first is first.
    var sequence: UInt64
    var key: Key

    static func < (left: Self, right: Self) -> Bool {
      left.due == right.due ? left.sequence < right.sequence : left.due < right.due
    }

    static func == (left: Self, right: Self) -> Bool { left.sequence == right.sequence }
  }

  private var heap = Heap<Entry>()
  private var current: [Key: (due: Time, sequence: UInt64)] = [:]
  private var sequence: UInt64 = 0

  package init() {}

  /// The earliest due time.
  package var next: Time? { heap.min?.due }

  /// Sets when something is due; `nil` when it waits for nothing.
  package mutating func set(_ due: Time?, for key: Key) {
    guard let due else {
      if current.removeValue(forKey: key) != nil { removeOvertaken() }
      return
    }
    if current[key]?.due == due { return }
    sequence += 1
    current[key] = (due, sequence)
    heap.insert(Entry(due: due, sequence: sequence, key: key))
    removeOvertaken()
  }

  /// Takes out what is due earliest, if it is due.
  package mutating func popDue(at now: Time) -> Key? {
    guard let first = heap.min, first.due <= now else { return nil }
    current[first.key] = nil
    removeOvertaken()
    return first.key
  }

  /// Entries that a later `set` overtook stay in the heap until they come to its top, or are more than the others.
  private mutating func removeOvertaken() {
    while let first = heap.min, !isCurrent(first) { heap.removeMin() }
    guard heap.count > 64, heap.count > 2 * current.count else { return }
    heap = Heap(heap.unordered.filter(isCurrent))
  }

  private func isCurrent(_ entry: Entry) -> Bool { current[entry.key]?.sequence == entry.sequence }
}
