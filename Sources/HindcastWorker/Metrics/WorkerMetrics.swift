internal import Metrics
private import Synchronization

/// Where a worker counts and measures. Without a backend every call returns at once, and its arguments are not evaluated.
struct WorkerMetrics: Sendable {
  /// Nobody listens.
  static let off = WorkerMetrics()

  private let instruments: Instruments?

  private init() { instruments = nil }

  /// - Parameter factory: The backend; `nil`: the one that swift-metrics was bootstrapped with, if it was.
  init(_ factory: (any MetricsFactory)?, namespace: String) {
    let factory = factory ?? MetricsSystem.factory
    instruments = factory is NOOPMetricsHandler ? nil : Instruments(factory: factory, namespace: namespace)
  }

  /// Whether anybody listens.
  var isOn: Bool { instruments != nil }

  /// Counts.
  func count(_ metric: WorkerMetric, _ tags: @autoclosure () -> MetricTags = MetricTags()) {
    instruments?.counter(metric, tags()).increment()
  }

  /// Notes how long something took.
  func record(
    _ metric: WorkerMetric, _ duration: @autoclosure () -> Duration,
    _ tags: @autoclosure () -> MetricTags = MetricTags()
  ) {
    instruments?.timer(metric, tags()).record(duration: duration())
  }

  /// Sets what goes up and down.
  func set(_ metric: WorkerMetric, to value: @autoclosure () -> Int, _ tags: @autoclosure () -> MetricTags) {
    instruments?.gauge(metric, tags()).record(value())
  }

  /// Adds to what goes up and down.
  func add(_ change: Int, to metric: WorkerMetric, _ tags: @autoclosure () -> MetricTags) {
    instruments?.add(change, to: metric, tags())
  }

  /// A clock's reading where anybody listens.
  func start() -> ContinuousClock.Instant? { isOn ? .now : nil }

  /// Notes the time since ``start()``.
  func record(
    _ metric: WorkerMetric, since start: ContinuousClock.Instant?, _ tags: @autoclosure () -> MetricTags
  ) {
    if let start { record(metric, .now - start, tags()) }
  }
}

/// The instruments that were used, which cost more to make than to use.
private final class Instruments: Sendable {
  private struct Key: Hashable {
    var metric: WorkerMetric
    var tags: MetricTags
  }

  private struct State {
    var counters: [Key: Counter] = [:]
    var timers: [Key: Timer] = [:]
    var gauges: [Key: Gauge] = [:]
    var values: [Key: Int] = [:]
  }

  private let factory: any MetricsFactory
  private let namespace: String
  private let state = Mutex(State())

  init(factory: any MetricsFactory, namespace: String) {
    self.factory = factory
    self.namespace = namespace
  }

  func counter(_ metric: WorkerMetric, _ tags: MetricTags) -> Counter {
    state.withLock { state in
      instrument(Key(metric: metric, tags: tags), &state.counters) {
        Counter(label: metric.rawValue, dimensions: $0, factory: factory)
      }
    }
  }

  func timer(_ metric: WorkerMetric, _ tags: MetricTags) -> Timer {
    state.withLock { state in
      instrument(Key(metric: metric, tags: tags), &state.timers) {
        Timer(label: metric.rawValue, dimensions: $0, preferredDisplayUnit: .seconds, factory: factory)
      }
    }
  }

  func gauge(_ metric: WorkerMetric, _ tags: MetricTags) -> Gauge {
    state.withLock { gauge(Key(metric: metric, tags: tags), &$0) }
  }

  func add(_ change: Int, to metric: WorkerMetric, _ tags: MetricTags) {
    state.withLock { state in
      let key = Key(metric: metric, tags: tags)
      let value = state.values[key, default: 0] + change
      state.values[key] = value
      // Under the lock, lest an older value come last.
      gauge(key, &state).record(value)
    }
  }

  private func gauge(_ key: Key, _ state: inout State) -> Gauge {
    instrument(key, &state.gauges) { Gauge(label: key.metric.rawValue, dimensions: $0, factory: factory) }
  }

  private func instrument<Instrument>(
    _ key: Key, _ known: inout [Key: Instrument], make: ([(String, String)]) -> Instrument
  ) -> Instrument {
    if let instrument = known[key] { return instrument }
    let instrument = make(key.tags.dimensions(namespace: namespace))
    known[key] = instrument
    return instrument
  }
}
