import TemporalAPI

/// Finds which events of two histories belong together.
enum Alignment {
  /// One step through both histories, by places.
  enum Step: Equatable {
    case both(Int, Int)
    case left(Int)
    case right(Int)
  }

  /// How many events of each side are aligned at once: the time for it grows with the square of what differs.
  private static let window = 2000

  /// Aligns two histories by the types and subjects of their events, with as few left over as possible.
  static func steps(_ left: [CanonicalHistory.Event], _ right: [CanonicalHistory.Event]) -> [Step] {
    var numbers: [String: Int] = [:]
    func number(_ event: CanonicalHistory.Event) -> Int {
      let signature = "\(event.type.rawValue) \(event.subject)"
      let number = numbers[signature] ?? numbers.count
      numbers[signature] = number
      return number
    }
    let one = left.map(number)
    let other = right.map(number)
    var steps: [Step] = []
    var (i, j) = (0, 0)
    while i < one.count || j < other.count {
      while i < one.count, j < other.count, one[i] == other[j] {
        steps.append(.both(i, j))
        (i, j) = (i + 1, j + 1)
      }
      (i, j) = alignWindow(one, other, i, j, &steps)
    }
    return pairChanged(steps, left, right)
  }

  /// Aligns the next events, and gives the places up to which it is certain.
  private static func alignWindow(
    _ left: [Int], _ right: [Int], _ i: Int, _ j: Int, _ steps: inout [Step]
  ) -> (Int, Int) {
    let (leftEnd, rightEnd) = (min(i + window, left.count), min(j + window, right.count))
    let difference = right[j..<rightEnd].difference(from: left[i..<leftEnd])
    var removed = Set<Int>()
    var inserted = Set<Int>()
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(i + offset)
      case .insert(let offset, _, _): inserted.insert(j + offset)
      }
    }
    var found: [Step] = []
    var (one, other) = (i, j)
    var (lastOne, lastOther, certain) = (i, j, 0)
    while one < leftEnd || other < rightEnd {
      if one < leftEnd, removed.contains(one) {
        found.append(.left(one))
        one += 1
      } else if other < rightEnd, inserted.contains(other) {
        found.append(.right(other))
        other += 1
      } else {
        found.append(.both(one, other))
        (one, other) = (one + 1, other + 1)
        (lastOne, lastOther, certain) = (one, other, found.count)
      }
    }
    // What follows the last pair may belong to events beyond the window.
    let isComplete = leftEnd == left.count && rightEnd == right.count
    if !isComplete, certain > 0 {
      steps += found[..<certain]
      return (lastOne, lastOther)
    }
    steps += found
    return (leftEnd, rightEnd)
  }

  /// Pairs what is left over on both sides at the same place when the types agree: an event whose subject changed.
  private static func pairChanged(
    _ steps: [Step], _ left: [CanonicalHistory.Event], _ right: [CanonicalHistory.Event]
  ) -> [Step] {
    var result: [Step] = []
    var (lefts, rights): ([Int], [Int]) = ([], [])
    func flush() {
      if lefts.count == rights.count, zip(lefts, rights).allSatisfy({ left[$0].type == right[$1].type }) {
        result += zip(lefts, rights).map { .both($0, $1) }
      } else {
        result += lefts.map { .left($0) } + rights.map { .right($0) }
      }
      (lefts, rights) = ([], [])
    }
    for step in steps {
      switch step {
      case .left(let index): lefts.append(index)
      case .right(let index): rights.append(index)
      case .both:
        flush()
        result.append(step)
      }
    }
    flush()
    return result
  }
}
