internal import Synchronization

/// The series of one metric.
final class MetricFamily: Sendable {
  enum Kind: String, Sendable, Comparable {
    case counter, gauge, histogram, seconds

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// What Prometheus calls it.
    var typeName: String { self == .seconds ? "histogram" : rawValue }
  }

  /// What the program calls it.
  let label: String
  /// What Prometheus reads.
  let name: String
  let kind: Kind

  private let bounds: [Double]
  /// By their labels as text, which is the order in which they are shown.
  private let known = Mutex<[String: MetricSeries]>([:])

  init(label: String, name: String, kind: Kind, bounds: [Double]) {
    self.label = label
    self.name = name
    self.kind = kind
    self.bounds = bounds
  }

  /// The series with these dimensions.
  func series(_ dimensions: [(String, String)]) -> MetricSeries {
    let isHistogram = kind == .histogram || kind == .seconds
    let labels = PrometheusText.labels(dimensions, reserved: isHistogram ? ["le"] : [])
    return known.withLock { known in
      if let series = known[labels] { return series }
      let series = MetricSeries(labels: labels, bounds: isHistogram ? bounds : nil)
      known[labels] = series
      return series
    }
  }

  /// - Returns: Whether no series is left.
  func forget(_ series: MetricSeries) -> Bool {
    known.withLock { known in
      if known[series.labels] === series { known[series.labels] = nil }
      return known.isEmpty
    }
  }

  /// Writes the family: what it tells, its kind, its series.
  func write(as name: String, explanation: String?, to text: inout String) {
    if let explanation { text += "# HELP \(name) \(PrometheusText.escapedHelp(explanation))\n" }
    text += "# TYPE \(name) \(kind.typeName)\n"
    let series = known.withLock { Array($0.values) }.sorted { $0.labels < $1.labels }
    for series in series { series.write(as: name, to: &text) }
  }
}
