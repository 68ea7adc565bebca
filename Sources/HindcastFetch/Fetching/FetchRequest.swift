private import HindcastHistory

/// Which runs to fetch.
public struct FetchRequest: Sendable {
  /// The namespace.
  public var namespace: String
  /// A list filter of visibility, such as `WorkflowType = 'app:order' AND ExecutionStatus = 'Completed'`; empty for every run.
  public var query: String
  /// The most runs to take from the list; nil for all.
  public var limit: Int?
  /// The share of the list to take, above 0 and up to 1. Whether a run belongs to it depends on its id alone, so it is the same
  /// in every call.
  public var sample: Double
  /// How many runs are asked for in one page of the list.
  public var pageSize: Int
  /// Workflow types whose runs are passed over.
  public var excludedTypes: Set<String> = []

  /// Describes runs.
  public init(
    namespace: String = "default", query: String = "", limit: Int? = nil, sample: Double = 1, pageSize: Int = 200
  ) {
    self.namespace = namespace
    self.query = query
    self.limit = limit
    self.sample = sample
    self.pageSize = pageSize
  }

  /// Whether a run belongs to the sample.
  func includes(_ run: RunKey) -> Bool {
    sample >= 1 || Double(Self.hash(Array(run.runID.utf8)) >> 11) * 0x1p-53 < sample
  }

  /// The same in every process.
  private static let hash = SipHash(0, 0)
}
