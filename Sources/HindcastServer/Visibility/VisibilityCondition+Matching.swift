internal import HindcastRecords
internal import TemporalServiceAPI

/// What queries find: runs, schedules.
protocol VisibilitySubject {
  /// The value of an attribute; `nil` if there is none.
  func visibilityValue(of attribute: SearchAttribute) -> VisibilityValue?
}

extension VisibilityCondition {
  /// Whether something is what the query is for.
  func matches(_ subject: some VisibilitySubject) -> Bool { evaluate(subject) == true }

  /// `nil` where an attribute that the subject does not have leaves the answer open, as in SQL.
  private func evaluate(_ subject: some VisibilitySubject) -> Bool? {
    switch self {
    case .all(let conditions):
      var isOpen = false
      for condition in conditions {
        guard let result = condition.evaluate(subject) else {
          isOpen = true
          continue
        }
        if !result { return false }
      }
      return isOpen ? nil : true
    case .any(let conditions):
      var isOpen = false
      for condition in conditions {
        guard let result = condition.evaluate(subject) else {
          isOpen = true
          continue
        }
        if result { return true }
      }
      return isOpen ? nil : false
    case .not(let condition): return condition.evaluate(subject).map { !$0 }
    case .compare(let attribute, let comparison, let value):
      return subject.visibilityValue(of: attribute).map { comparison.holds($0.compare(value)) }
    case .isIn(let attribute, let values, let isNegated):
      return subject.visibilityValue(of: attribute).map { found in
        values.contains { found.compare($0) == 0 } != isNegated
      }
    case .range(let attribute, let from, let to, let isNegated):
      return subject.visibilityValue(of: attribute).map { found in
        (found.compare(from) >= 0 && found.compare(to) <= 0) != isNegated
      }
    case .startsWith(let attribute, let prefix, let isNegated):
      return subject.visibilityValue(of: attribute).map { found in
        if case .text(let text) = found { text.utf8.starts(with: prefix.utf8) != isNegated } else { isNegated }
      }
    case .contains(let attribute, let wanted, let isNegated):
      // Lists and texts are looked up in an index of their own: what is not there does not contain anything.
      let found: [String]
      switch subject.visibilityValue(of: attribute) {
      case .list(let values)?: found = values
      case .text(let text)?: found = attribute.type == .text ? text.words : [text]
      default: found = []
      }
      return found.contains(where: wanted.contains) != isNegated
    case .isMissing(let attribute, let isNegated):
      return (subject.visibilityValue(of: attribute) == nil) != isNegated
    }
  }
}

extension VisibilityCondition.Comparison {
  fileprivate func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .unequal: order != 0
    case .less: order < 0
    case .greater: order > 0
    case .atMost: order <= 0
    case .atLeast: order >= 0
    }
  }
}

extension VisibilityValue {
  /// Below 0 when this value comes first, 0 when they are equal. Times count to the microsecond, as they are stored.
  fileprivate func compare(_ other: VisibilityValue) -> Int {
    switch (self, other) {
    case (.text(let left), .text(let right)): left.compareBytes(right)
    case (.integer(let left), .integer(let right)): left.order(right)
    case (.moment(let left), .moment(let right)): left.microseconds.order(right.microseconds)
    case (.boolean(let left), .boolean(let right)): (left ? 1 : 0) - (right ? 1 : 0)
    case (.integer(let left), .double(let right)): Double(left).order(right)
    case (.double(let left), .integer(let right)): left.order(Double(right))
    case (.double(let left), .double(let right)): left.order(right)
    default: -1
    }
  }
}

extension Comparable {
  fileprivate func order(_ other: Self) -> Int { self < other ? -1 : (self == other ? 0 : 1) }
}

extension String {
  fileprivate func compareBytes(_ other: String) -> Int {
    if utf8.elementsEqual(other.utf8) { return 0 }
    return utf8.lexicographicallyPrecedes(other.utf8) ? -1 : 1
  }
}

extension Int64 {
  /// Whole microseconds of nanoseconds.
  fileprivate var microseconds: Int64 { self / 1_000 - (self % 1_000 < 0 ? 1 : 0) }
}
