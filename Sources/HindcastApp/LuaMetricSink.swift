internal import HindcastLua
private import Metrics

/// Gives what activities' `metrics` reports to the metrics system of the process.
enum LuaMetricSink {
  static func report(_ metric: LuaMetric) {
    let labels = metric.labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    switch metric.kind {
    case .count:
      // A counter only grows, as upstream's collector has it.
      if metric.value > 0 { FloatingPointCounter(label: metric.name, dimensions: labels).increment(by: metric.value) }
    case .set: Meter(label: metric.name, dimensions: labels).set(metric.value)
    case .change:
      let meter = Meter(label: metric.name, dimensions: labels)
      if metric.value >= 0 { meter.increment(by: metric.value) } else { meter.decrement(by: -metric.value) }
    case .observe: Recorder(label: metric.name, dimensions: labels).record(metric.value)
    }
  }
}
