/// Checks that no service waits for itself.
enum LifecycleChecks {
  /// An error for every circle of services that need each other, at the service of it that is written first.
  static func circles(
    clients: [TemporalClientConfiguration], workers: [TemporalWorkerConfiguration]
  ) -> [RegistryError] {
    let services = ServiceTable(clients: clients, workers: workers)
    return services.ordered(from: services.values.map(\.id)).circles.compactMap { circle in
      // A service that names itself is reported where it does.
      guard circle.count > 1, let first = circle.first, let place = services[first]?.position else { return nil }
      let steps = circle.map { id in "\(id) (\(services[id]?.position.description ?? ""))" } + ["\(first)"]
      return RegistryError(
        "services need each other in a circle: \(steps.joined(separator: " → "))", at: place, entry: first,
        hint: "take one of them out of lifecycle.requires or depends_on")
    }
  }
}
