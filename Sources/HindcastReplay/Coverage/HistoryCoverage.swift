public import HindcastCore
public import HindcastHistory
import TemporalAPI

/// What one history ran of workflow code.
public struct HistoryCoverage: Sendable {
  /// The lines and probes of the code.
  public var counts: CoverageCounts
  /// The versions of changes that the code was told.
  public var versions: [VersionUse]
  /// How many events of each type the history has, by the type's name, such as `TimerFired`.
  public var eventTypes: [String: Int]

  /// Describes what a history ran.
  public init(_ history: WorkflowHistory, counts: CoverageCounts, versions: [VersionUse]) {
    self.counts = counts
    self.versions = versions
    eventTypes = Dictionary(history.events.map { ($0.eventType.displayName, 1) }, uniquingKeysWith: +)
  }
}
