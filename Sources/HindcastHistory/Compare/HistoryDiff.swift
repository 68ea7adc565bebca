/// How two histories differ, event by event, after both were made canonical.
public struct HistoryDiff: Sendable {
  /// One step through both histories.
  public enum Entry: Sendable, Equatable {
    /// The same event on both sides, by its places in the two histories; without differences it is equal.
    case both(left: Int, right: Int, differences: [Difference])
    /// An event that only the first history has, by its place.
    case onlyLeft(Int)
    /// An event that only the second history has, by its place.
    case onlyRight(Int)
  }

  /// A field that differs.
  public struct Difference: Sendable, Equatable {
    /// The field, from the event's attributes on: `input[0].amount`.
    public var path: String
    /// The value in the first history as JSON, or `nil` where it has none.
    public var left: String?
    /// The value in the second history as JSON, or `nil` where it has none.
    public var right: String?

    /// Describes a field that differs.
    public init(path: String, left: String?, right: String?) {
      self.path = path
      self.left = left
      self.right = right
    }
  }

  /// The first history.
  public var left: CanonicalHistory
  /// The second history.
  public var right: CanonicalHistory
  /// All events of both, in their order.
  public var entries: [Entry]

  /// Compares two recordings of the same workflow.
  public init(_ left: WorkflowHistory, _ right: WorkflowHistory) {
    self.init(CanonicalHistory(left), CanonicalHistory(right))
  }

  /// Compares two canonical histories.
  public init(_ left: CanonicalHistory, _ right: CanonicalHistory) {
    self.left = left
    self.right = right
    let steps = Alignment.steps(left.events, right.events)
    // References to events are the same when they lead to the same step, whatever the IDs are.
    var counterparts: [Int64: Int64] = [:]
    for case .both(let one, let other) in steps {
      counterparts[left.events[one].eventID] = right.events[other].eventID
    }
    entries = steps.map { step in
      switch step {
      case .left(let index): return .onlyLeft(index)
      case .right(let index): return .onlyRight(index)
      case .both(let one, let other):
        var comparison = FieldComparison(counterparts: counterparts)
        comparison.compare(left.events[one], right.events[other])
        return .both(left: one, right: other, differences: comparison.differences)
      }
    }
  }

  /// Whether the two are the same recording as far as can be told.
  public var isEmpty: Bool {
    entries.allSatisfy { entry in
      if case .both(_, _, let differences) = entry { return differences.isEmpty }
      return false
    }
  }
}
