private import Foundation
package import HindcastFetch

/// What a shadow is to look at, and when it has seen enough.
///
/// It is the first argument of the workflow, so its JSON form is read by the workers of other versions: members are added, with
/// a default, and never renamed.
public struct ShadowRequest: Sendable, Hashable, Codable {
  /// The namespace whose runs are replayed.
  public var namespace: String
  /// A list filter of visibility; empty for every run.
  public var query: String
  /// The most runs to replay; nil for all.
  public var limit: Int?
  /// The share of the runs to replay, above 0 and up to 1.
  public var sample: Double
  /// How many runs a worker takes at a time.
  public var batch: Int
  /// How many batches are with workers at the same time.
  public var concurrency: Int
  /// How many failures are enough; nil: none.
  public var stopAfterFailures: Int?
  /// How many seconds are enough; nil: none.
  public var timeLimit: Double?
  /// How many seconds after the end of the list it is read again, for what started or closed since; nil: it is read once.
  public var repeatAfter: Double?
  /// Whether warnings are failures.
  public var isStrict: Bool
  /// How many batches a run of the workflow hands out before it continues as new.
  public var batchesPerRun: Int
  /// How many seconds without a sign of life from a worker until its batch goes to another.
  public var heartbeatTimeout: Double

  /// Describes a shadow.
  public init(
    namespace: String = "default", query: String = "", limit: Int? = nil, sample: Double = 1, batch: Int = 20,
    concurrency: Int = 16, stopAfterFailures: Int? = nil, timeLimit: Double? = nil, repeatAfter: Double? = nil,
    isStrict: Bool = false, batchesPerRun: Int = 250, heartbeatTimeout: Double = 15
  ) {
    self.namespace = namespace
    self.query = query
    self.limit = limit
    self.sample = sample
    self.batch = batch
    self.concurrency = concurrency
    self.stopAfterFailures = stopAfterFailures
    self.timeLimit = timeLimit
    self.repeatAfter = repeatAfter
    self.isStrict = isStrict
    self.batchesPerRun = batchesPerRun
    self.heartbeatTimeout = heartbeatTimeout
  }

  /// How many seconds visibility may be behind, at most.
  package static let visibilityDelay: Double = 60

  /// The filter for a pass through the list.
  ///
  /// - Parameter since: When the pass before began, in seconds since 1970.
  package func query(since: Double?) -> String {
    guard let since else { return query }
    let time = Date(timeIntervalSince1970: since - Self.visibilityDelay).formatted(.iso8601)
    let recent = "(StartTime >= '\(time)' OR CloseTime >= '\(time)')"
    return query.isEmpty ? recent : "(\(query)) AND \(recent)"
  }
}

/// The types by which the workflow and its activities are known, and the query that it answers.
package enum ShadowNames {
  package static let workflow = "hindcast.shadow"
  package static let list = "hindcast.shadow.list"
  package static let replay = "hindcast.shadow.replay"
  package static let progress = "progress"
}

/// What the activity that lists runs is asked.
package struct ListInput: Sendable, Codable {
  package var namespace: String
  package var query: String
  package var pageSize: Int
  package var sample: Double
  package var limit: Int?
  package var token: [UInt8]
  /// Since when a run that ended is recent, in seconds since 1970.
  package var recentSince: Double
}

/// A page of the list.
package struct ListPage: Sendable, Codable {
  package var runs: [RunKey]
  /// The run ids of those that ended recently, which the next pass finds again.
  package var recent: [String]
  /// Where the next page begins; nil after the last.
  package var next: [UInt8]?
}

/// What the activity that replays is asked.
package struct BatchInput: Sendable, Codable {
  package var namespace: String
  package var runs: [RunKey]
  package var isStrict: Bool
}

/// What a worker found out about a batch.
package struct BatchResult: Sendable, Codable {
  /// A digest of the code that was replayed.
  package var app: String
  /// Who worked.
  package var worker: String
  /// How many runs of the batch, from its beginning, are done.
  package var done = 0
  package var tally = ShadowTally()
}
