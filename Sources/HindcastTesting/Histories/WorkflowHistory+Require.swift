public import HindcastHistory
public import TemporalAPI

// Assertions that throw, so that they work in XCTest and in Swift Testing alike.

extension WorkflowHistory {
  /// Checks that there are events of a type.
  ///
  /// ```swift
  /// let history = try await run.history()
  /// try history.require(.timerFired, count: 1)
  /// try history.require(.activityTaskFailed, count: 0)
  /// ```
  ///
  /// - Parameter count: How many there must be; any number but none unless told.
  /// - Returns: The events.
  /// - Throws: ``HistoryRequirementError`` with the history as a list of its events.
  @discardableResult
  public func require(_ type: EventType, count: Int? = nil) throws -> [HistoryEvent] {
    let found = events.filter { $0.eventType == type }
    if count.map({ $0 == found.count }) ?? !found.isEmpty { return found }
    let wanted = count.map { "\($0) \(type.displayName)" } ?? "a \(type.displayName)"
    throw HistoryRequirementError("expected \(wanted), found \(found.isEmpty ? "none" : "\(found.count)")", self)
  }

  /// Checks that events of these types come one after another, with others between them or not.
  ///
  /// ```swift
  /// try history.require(inOrder: .timerStarted, .workflowExecutionSignaled, .timerCanceled)
  /// ```
  ///
  /// - Throws: ``HistoryRequirementError`` with the first type that is missing.
  public func require(inOrder types: EventType...) throws {
    var rest = events[...]
    var previous: HistoryEvent?
    for type in types {
      guard let index = rest.firstIndex(where: { $0.eventType == type }) else {
        let place = previous.map { " after event \($0.eventID) (\($0.eventType.displayName))" } ?? ""
        throw HistoryRequirementError("expected a \(type.displayName)\(place), found none", self)
      }
      previous = rest[index]
      rest = rest[(index + 1)...]
    }
  }
}

/// A history is not as a test requires it.
public struct HistoryRequirementError: Error, Sendable, CustomStringConvertible {
  /// What was expected, and what there is instead.
  public var message: String
  /// The history.
  public var history: WorkflowHistory

  init(_ message: String, _ history: WorkflowHistory) {
    self.message = message
    self.history = history
  }

  /// The message, and the history as a list of its events.
  public var description: String {
    let name = [history.workflowID, history.workflowTypeName.map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")
    return "\(message) in the history of \(name.isEmpty ? "the workflow" : name):\n\(history.timeline)"
  }
}
