internal import Metrics
internal import Synchronization

/// The values of one metric with one set of labels.
final class MetricSeries: Sendable {
  /// The labels as they stand between the braces; empty for none.
  let labels: String

  private let bounds: [Double]?
  private let values: Mutex<Values>

  private struct Values {
    /// The value, or of a histogram the sum.
    var sum: Double = 0
    /// Of a histogram: how many values lie in each bucket, those beyond the last bound at the end.
    var counts: [UInt64]
  }

  /// - Parameter bounds: The upper bounds of a histogram's buckets; `nil`: it is none.
  init(labels: String, bounds: [Double]?) {
    self.labels = labels
    self.bounds = bounds
    values = Mutex(Values(counts: Array(repeating: 0, count: (bounds?.count ?? -1) + 1)))
  }

  private func add(_ amount: Double) { values.withLock { $0.sum += amount } }

  private func put(_ value: Double) {
    guard let bounds else {
      values.withLock { $0.sum = value }
      return
    }
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    values.withLock {
      $0.sum += value
      $0.counts[bucket] += 1
    }
  }

  /// Writes the series, a line for each of its numbers.
  func write(as name: String, to text: inout String) {
    let (sum, counts) = values.withLock { ($0.sum, $0.counts) }
    let braced = labels.isEmpty ? "" : "{\(labels)}"
    guard let bounds else {
      text += "\(name)\(braced) \(PrometheusText.number(sum))\n"
      return
    }
    let prefix = labels.isEmpty ? "" : labels + ","
    var total: UInt64 = 0
    for (bound, count) in zip(bounds + [.infinity], counts) {
      total += count
      text += "\(name)_bucket{\(prefix)le=\"\(PrometheusText.number(bound))\"} \(total)\n"
    }
    text += "\(name)_sum\(braced) \(PrometheusText.number(sum))\n"
    text += "\(name)_count\(braced) \(total)\n"
  }
}

extension MetricSeries: CounterHandler {
  func increment(by amount: Int64) { add(Double(amount)) }
  func reset() { values.withLock { $0.sum = 0 } }
}

extension MetricSeries: FloatingPointCounterHandler, MeterHandler {
  func increment(by amount: Double) { add(amount) }
  func decrement(by amount: Double) { add(-amount) }
  func set(_ value: Int64) { put(Double(value)) }
  func set(_ value: Double) { put(value) }
}

extension MetricSeries: RecorderHandler, TimerHandler {
  func record(_ value: Int64) { put(Double(value)) }
  func record(_ value: Double) { put(value) }
  func recordNanoseconds(_ duration: Int64) { put(Double(duration) / 1_000_000_000) }
}
