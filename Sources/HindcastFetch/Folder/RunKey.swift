/// A run, as services name it.
public struct RunKey: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
  /// The workflow's id.
  public var workflowID: String
  /// The run's id.
  public var runID: String

  /// Names a run.
  public init(workflowID: String, runID: String) {
    self.workflowID = workflowID
    self.runID = runID
  }

  /// By workflow, then by run.
  public static func < (one: RunKey, other: RunKey) -> Bool {
    (one.workflowID, one.runID) < (other.workflowID, other.runID)
  }

  /// `order-17 (run 0f1e…)`.
  public var description: String { "\(workflowID) (run \(runID))" }

  private enum CodingKeys: String, CodingKey {
    case workflowID = "workflowId"
    case runID = "runId"
  }
}
