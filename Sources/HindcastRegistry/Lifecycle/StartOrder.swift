/// The services of an app that are to run, each after those that it needs.
public struct StartOrder: Hashable, Sendable {
  /// A service and those it needs.
  public struct Service: Hashable, Sendable {
    /// The entry.
    public let id: EntryID
    /// Where the entry is written.
    public let position: SourcePosition
    /// When and how it starts and stops.
    public let lifecycle: LifecycleConfiguration
    /// The services of the same order that must run before it does, in the order they are named: a worker's client, then
    /// `requires`, then `depends_on`.
    public let dependencies: [EntryID]
    /// What else it names: entries that are no Temporal clients or workers, which run elsewhere or not at all.
    public let foreignDependencies: [EntryID]
  }

  /// The services in the order in which they start. They stop in the reverse.
  public let services: [Service]

  /// Whether a service is in the order.
  public func contains(_ id: EntryID) -> Bool { services.contains { $0.id == id } }
}

extension Registry {
  /// The clients and workers that start with the app, in the order of the entries: those with `lifecycle.auto_start`.
  public var autoStarted: [EntryID] { services.values.filter(\.lifecycle.autoStart).map(\.id) }

  /// Puts services, and all that they need, into the order in which they start; among those that need not wait for each
  /// other, as they are named.
  ///
  /// - Parameter wanted: Clients and workers; others are left out. What they need is started for them, with or without
  ///   `auto_start`.
  public func startOrder(of wanted: [EntryID]) -> StartOrder {
    let services = services
    // An app whose services need each other in a circle does not load.
    return StartOrder(services: services.ordered(from: wanted).order.compactMap { services[$0] })
  }

  var services: ServiceTable { ServiceTable(clients: clients, workers: workers) }
}

/// The clients and workers of an app by identity, with what each needs.
struct ServiceTable {
  /// In the order of the entries.
  let values: [StartOrder.Service]
  private let indices: [EntryID: Int]

  init(clients: [TemporalClientConfiguration], workers: [TemporalWorkerConfiguration]) {
    let own = Set(clients.map(\.id) + workers.map(\.id))
    func service(
      _ id: EntryID, _ position: SourcePosition, _ lifecycle: LifecycleConfiguration, client: EntryID? = nil
    ) -> StartOrder.Service {
      var seen: Set<EntryID> = []
      let needed = ([client].compactMap { $0 } + lifecycle.requiredServices).filter { seen.insert($0).inserted }
      return StartOrder.Service(
        id: id, position: position, lifecycle: lifecycle, dependencies: needed.filter(own.contains),
        foreignDependencies: needed.filter { !own.contains($0) })
    }
    let found =
      clients.map { service($0.id, $0.position, $0.lifecycle) }
      + workers.map { service($0.id, $0.position, $0.lifecycle, client: $0.client) }
    let sorted = found.sorted { left, right in
      (left.position.file, left.position.line, left.position.column)
        < (right.position.file, right.position.line, right.position.column)
    }
    values = sorted
    indices = Dictionary(sorted.indices.map { (sorted[$0].id, $0) }) { first, _ in first }
  }

  subscript(_ id: EntryID) -> StartOrder.Service? { indices[id].map { values[$0] } }

  /// Goes through the services and what they need, and notes every circle: the services in it, each needed by the one before
  /// it and the first by the last.
  func ordered(from wanted: [EntryID]) -> (order: [EntryID], circles: [[EntryID]]) {
    var order: [EntryID] = []
    var circles: [[EntryID]] = []
    var finished: Set<EntryID> = []
    // A path of services, each needing the next, with how many of its needs have been looked at. An app may chain thousands,
    // so this is no recursion.
    var path: [(id: EntryID, next: Int)] = []
    var onPath: Set<EntryID> = []
    for root in wanted where self[root] != nil && !finished.contains(root) {
      path = [(root, 0)]
      onPath = [root]
      while let (id, next) = path.last {
        let dependencies = self[id]?.dependencies ?? []
        guard next < dependencies.count else {
          path.removeLast()
          onPath.remove(id)
          finished.insert(id)
          order.append(id)
          continue
        }
        path[path.count - 1].next += 1
        let needed = dependencies[next]
        if onPath.contains(needed) {
          circles.append(path.map(\.id).drop { $0 != needed }.map { $0 })
        } else if !finished.contains(needed) {
          path.append((needed, 0))
          onPath.insert(needed)
        }
      }
    }
    return (order, circles)
  }
}
