import HindcastCore

/// The two runtimes in which one thread replays the histories of an app, under seeds that differ.
struct RuntimePair {
  let app: AppCode
  let first: any WorkflowRuntime
  let second: any WorkflowRuntime

  /// Any two seeds would do; fixed ones make every run of the tool the same.
  private static let seeds: (UInt64, UInt64) = (0x9e37_79b9_7f4a_7c15, 0x2545_f491_4f6c_dd1d)

  /// - Parameter collectsCoverage: whether the first runtime counts what runs.
  init(_ app: AppCode, limits: RunLimits, collectsCoverage: Bool = false) throws(WorkflowLoadError) {
    self.app = app
    var options = RuntimeOptions(seed: Self.seeds.0, limits: limits)
    options.collectsCoverage = collectsCoverage
    first = try app.code.makeRuntime(options)
    second = try app.code.makeRuntime(RuntimeOptions(seed: Self.seeds.1, limits: limits))
  }
}

/// The pairs that a thread keeps: histories of one app follow each other, so a few are enough.
struct RuntimeCache {
  private var pairs: [RuntimePair] = []
  private static let capacity = 3

  /// The pair for an app, made when there is none.
  mutating func pair(
    for app: AppCode, limits: RunLimits, collectsCoverage: Bool = false
  ) throws(WorkflowLoadError) -> RuntimePair {
    if let index = pairs.firstIndex(where: { $0.app === app }) {
      if index > 0 { pairs.insert(pairs.remove(at: index), at: 0) }
      return pairs[0]
    }
    let pair = try RuntimePair(app, limits: limits, collectsCoverage: collectsCoverage)
    if pairs.count == Self.capacity { pairs.removeLast() }
    pairs.insert(pair, at: 0)
    return pair
  }

  /// Drops the pair for an app, because what ran in it used up a limit.
  mutating func discard(_ app: AppCode) {
    pairs.removeAll { $0.app === app }
  }
}
