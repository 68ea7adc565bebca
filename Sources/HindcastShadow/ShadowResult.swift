public import HindcastFetch

/// What a shadow found so far, or in the end.
public struct ShadowResult: Sendable, Hashable, Codable {
  /// Why a shadow ended.
  public enum Ending: String, Sendable, Codable {
    /// The list came to its end.
    case exhausted
    /// As many runs were replayed as were asked for.
    case limit
    /// There are as many failures as are enough.
    case failures
    /// The time is up.
    case time
    /// Somebody cancelled it.
    case cancelled
  }

  /// Why it ended; nil while it goes on.
  public var ending: Ending?
  /// Runs that the list gave.
  public var listed = 0
  /// How often the list was read to its end.
  public var passes = 0
  /// Batches that are done.
  public var batches = 0
  /// The verdicts.
  public var tally = ShadowTally()
  /// How many runs were replayed with which code, by its digest.
  public var apps: [String: Int] = [:]
  /// How many runs were replayed by which worker.
  public var workers: [String: Int] = [:]
  /// Batches that no worker could do, however often it was tried.
  public var lost: [LostBatch] = []

  /// A batch without a result.
  public struct LostBatch: Sendable, Hashable, Codable {
    /// How many runs it has.
    public var runs: Int
    /// The first of them.
    public var first: RunKey?
    /// What went wrong with the last try.
    public var reason: String
  }

  /// Nothing was found yet.
  public init() {}

  mutating func add(_ batch: BatchResult) {
    batches += 1
    tally.add(batch.tally)
    guard batch.done > 0 else { return }
    apps[batch.app, default: 0] += batch.done
    workers[batch.worker, default: 0] += batch.done
  }
}
