public import HeapModule

/// When each of many has something to do, earliest first.
///
/// Public and inlinable: only then the compiler specialises it where other modules use it, and each call that waits sets and
/// clears a time.
public struct DueTimes<Key: Hashable & Sendable, Time: Comparable & Sendable>: Sendable {
  @usableFromInline struct Entry: Comparable, Sendable {
    @usableFromInline var due: Time
    /// Among equals the one that was set first is first.
    @usableFromInline var sequence: UInt64
    @usableFromInline var key: Key

    @inlinable init(due: Time, sequence: UInt64, key: Key) {
      self.due = due
      self.sequence = sequence
      self.key = key
    }

    @inlinable static func < (left: Self, right: Self) -> Bool {
      left.due == right.due ? left.sequence < right.sequence : left.due < right.due
    }

    @inlinable static func == (left: Self, right: Self) -> Bool { left.sequence == right.sequence }
  }

  @usableFromInline var heap = Heap<Entry>()
  @usableFromInline var current: [Key: (due: Time, sequence: UInt64)] = [:]
  @usableFromInline var sequence: UInt64 = 0

  /// Nothing is due.
  @inlinable public init() {}

  /// The earliest due time.
  @inlinable public var next: Time? { heap.min?.due }

  /// Sets when something is due; `nil` when it waits for nothing.
  @inlinable public mutating func set(_ due: Time?, for key: Key) {
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
  @inlinable public mutating func popDue(at now: Time) -> Key? {
    guard let first = heap.min, first.due <= now else { return nil }
    current[first.key] = nil
    removeOvertaken()
    return first.key
  }

  /// Entries that a later `set` overtook stay in the heap until they come to its top, or are more than the others.
  @inlinable mutating func removeOvertaken() {
    while let first = heap.min, !isCurrent(first) { heap.removeMin() }
    guard heap.count > 64, heap.count > 2 * current.count else { return }
    heap = Heap(heap.unordered.filter(isCurrent))
  }

  @inlinable func isCurrent(_ entry: Entry) -> Bool { current[entry.key]?.sequence == entry.sequence }
}
