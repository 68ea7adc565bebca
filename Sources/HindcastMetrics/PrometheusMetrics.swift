public import Metrics
internal import Synchronization

/// Collects what swift-metrics is told, and shows it as Prometheus reads it.
///
/// ```swift
/// let metrics = PrometheusMetrics()
/// MetricsSystem.bootstrap(metrics)
/// print(metrics.text())
/// ```
///
/// Counters get the suffix `_total`. Timers become histograms in seconds and get `_seconds`; recorders that aggregate become
/// histograms, the others gauges. Characters that Prometheus does not take in names become `_`.
public final class PrometheusMetrics: MetricsFactory {
  /// The upper bounds of the buckets of timers, in seconds.
  public static let defaultBounds: [Double] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000,
  ]

  private let families = Mutex<[FamilyKey: MetricFamily]>([:])
  private let explanations: [String: String]
  private let bounds: [Double]

  /// Several kinds of metrics may share a label; Prometheus wants one kind for each name.
  private struct FamilyKey: Hashable {
    var label: String
    var kind: MetricFamily.Kind
  }

  /// - Parameters:
  ///   - explanations: What metrics tell, by their labels: their `HELP`.
  ///   - bounds: The upper bounds of the buckets of histograms, ascending.
  public init(explanations: [String: String] = [:], bounds: [Double] = defaultBounds) {
    self.explanations = explanations
    self.bounds = bounds
  }

  /// All metrics in the text format of version 0.0.4, families and series in the order of their names.
  public func text() -> String {
    let known = families.withLock { Array($0.values) }.sorted { ($0.name, $0.kind) < ($1.name, $1.kind) }
    var names: Set<String> = []
    return known.reduce(into: "") { text, family in
      // Two kinds under one label: the second one's name tells its kind.
      let name = names.insert(family.name).inserted ? family.name : "\(family.name)_\(family.kind.rawValue)"
      names.insert(name)
      family.write(as: name, explanation: explanations[family.label], to: &text)
    }
  }

  private func family(_ label: String, _ kind: MetricFamily.Kind, suffix: String) -> MetricFamily {
    families.withLock { families in
      let key = FamilyKey(label: label, kind: kind)
      if let family = families[key] { return family }
      let family = MetricFamily(label: label, name: PrometheusText.name(label) + suffix, kind: kind, bounds: bounds)
      families[key] = family
      return family
    }
  }

  // MARK: MetricsFactory

  /// Makes a counter.
  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    family(label, .counter, suffix: "_total").series(dimensions)
  }

  /// Makes a counter of fractions.
  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    family(label, .counter, suffix: "_total").series(dimensions)
  }

  /// Makes a gauge.
  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    family(label, .gauge, suffix: "").series(dimensions)
  }

  /// Makes a histogram, or without `aggregate` a gauge.
  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    family(label, aggregate ? .histogram : .gauge, suffix: "").series(dimensions)
  }

  /// Makes a histogram of seconds.
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    family(label, .seconds, suffix: "_seconds").series(dimensions)
  }

  /// Forgets a series.
  public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
  /// Forgets a series.
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }
  /// Forgets a series.
  public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
  /// Forgets a series.
  public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
  /// Forgets a series.
  public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

  private func forget(_ handler: AnyObject) {
    guard let series = handler as? MetricSeries else { return }
    families.withLock { families in
      for (key, family) in families where family.forget(series) { families[key] = nil }
    }
  }
}
