import TemporalAPI

/// Compares the fields of two events.
struct FieldComparison {
  /// The IDs of the second history's events by those of the first.
  let counterparts: [Int64: Int64]
  private(set) var differences: [HistoryDiff.Difference] = []

  init(counterparts: [Int64: Int64]) {
    self.counterparts = counterparts
  }

  mutating func compare(_ left: CanonicalHistory.Event, _ right: CanonicalHistory.Event) {
    compare(left.value, right.value, path: "", key: "", attributes: left.type.attributesKey)
  }

  /// - Parameter attributes: the key that is left out of paths, as it only repeats the event's type.
  private mutating func compare(
    _ left: CanonicalValue, _ right: CanonicalValue, path: String, key: String, attributes: String = ""
  ) {
    if left == right { return }
    switch (left, right) {
    case (.object(let one), .object(let other)):
      let (ones, others) = (Self.values(one), Self.values(other))
      for name in Self.keys(one, other) {
        let inner = name == attributes ? path : path.isEmpty ? name : "\(path).\(name)"
        switch (ones[name], others[name]) {
        case (let one?, let other?): compare(one, other, path: inner, key: name)
        case (let one, let other): add(inner.isEmpty ? name : inner, one, other)
        }
      }
    case (.array(let one), .array(let other)):
      for index in 0..<max(one.count, other.count) {
        let inner = "\(path)[\(index)]"
        if index < one.count, index < other.count {
          compare(one[index], other[index], path: inner, key: key)
        } else {
          add(inner, index < one.count ? one[index] : nil, index < other.count ? other[index] : nil)
        }
      }
    default:
      if !isSameEvent(left, right, key: key) { add(path, left, right) }
    }
  }

  /// The keys of both in the order of the first, with those that only the second has at the end.
  private static func keys(_ left: [CanonicalValue.Member], _ right: [CanonicalValue.Member]) -> [String] {
    let known = Set(left.map(\.key))
    return left.map(\.key) + right.map(\.key).filter { !known.contains($0) }
  }

  private static func values(_ members: [CanonicalValue.Member]) -> [String: CanonicalValue] {
    Dictionary(members.map { ($0.key, $0.value) }) { _, last in last }
  }

  private func isSameEvent(_ left: CanonicalValue, _ right: CanonicalValue, key: String) -> Bool {
    guard key.hasSuffix("EventId"), case .number(let one) = left, case .number(let other) = right,
      let from = Int64(one), let to = Int64(other)
    else { return false }
    return counterparts[from] == to
  }

  private mutating func add(_ path: String, _ left: CanonicalValue?, _ right: CanonicalValue?) {
    differences.append(HistoryDiff.Difference(path: path, left: left?.description, right: right?.description))
  }
}
