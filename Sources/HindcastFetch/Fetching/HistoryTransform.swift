public import HindcastHistory

/// Something that is done to a history between the service and the file.
public protocol HistoryTransform: Sendable {
  /// The history as it is to be written.
  func transformed(_ history: WorkflowHistory) async throws -> WorkflowHistory
}

extension Redaction: HistoryTransform {
  /// The redacted history.
  public func transformed(_ history: WorkflowHistory) throws -> WorkflowHistory { try redacted(history) }
}
