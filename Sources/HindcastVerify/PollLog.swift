/// Who asked for tasks of which kind, where: what explains a worker that takes no history.
struct PollLog: Sendable {
  /// What a poll asks for.
  enum Kind: String, Sendable, Hashable {
    case workflow, activity, nexus
  }

  /// A place that is polled.
  struct Place: Sendable, Hashable {
    var kind: Kind
    var namespace: String
    var queue: String
  }

  /// In the order of the first poll.
  private(set) var places: [(place: Place, worker: WorkerIdentity)] = []
  /// The SDKs of the clients that connected, in their order.
  private(set) var clients: [SDK] = []
  /// Workers that said that they shut down, in their order.
  private(set) var leavers: [String] = []

  mutating func add(_ place: Place, _ worker: WorkerIdentity) {
    if !places.contains(where: { $0.place == place }) { places.append((place, worker)) }
  }

  mutating func add(client: SDK) {
    if !clients.contains(client) { clients.append(client) }
  }

  mutating func add(leaver: String) {
    if !leavers.contains(leaver) { leavers.append(leaver) }
  }
}

extension PollLog {
  /// Why no worker takes a history.
  func explanation(for options: VerificationOptions) -> VerificationError {
    let queue = "task queue '\(options.taskQueue)' of namespace '\(options.namespace)'"
    let wait = "\(options.workerTimeout)"
    func polls(_ isIt: (Place) -> Bool) -> (place: Place, worker: WorkerIdentity)? { places.first { isIt($0.place) } }
    func isHere(_ place: Place) -> Bool { place.queue == options.taskQueue && place.namespace == options.namespace }

    if let (_, worker) = polls({ $0.kind == .workflow && isHere($0) }) {
      return VerificationError(
        message:
          "\(worker) polled \(queue) for workflow tasks and stopped\(leavers.isEmpty ? "" : ": it was shut down");"
          + " no other worker came within \(wait)",
        hint: "let the worker run until every history has its verdict")
    }
    if let (place, worker) = polls({ $0.kind == .workflow }) {
      let others = Set(places.lazy.filter { $0.place.kind == .workflow }.map(\.place)).count - 1
      let more = others > 0 ? " and \(others) more" : ""
      let namespace = place.namespace == options.namespace ? "" : " --namespace \(place.namespace)"
      return VerificationError(
        message: "no worker polled \(queue) for workflow tasks within \(wait): \(worker) polls task queue "
          + "'\(place.queue)' of namespace '\(place.namespace)'\(more)",
        hint: "verify with --task-queue \(place.queue)\(namespace), or let the worker poll '\(options.taskQueue)'")
    }
    if let (place, worker) = polls({ $0.kind != .workflow }) {
      return VerificationError(
        message: "no worker polled \(queue) for workflow tasks within \(wait): \(worker) polls "
          + "'\(place.queue)' for \(place.kind.rawValue) tasks only",
        hint: "give the worker its workflows; activities are not needed")
    }
    if let client = clients.first {
      let name = client.clientName.isEmpty ? "a client" : "a client (\(client.clientName))"
      return VerificationError(
        message: "no worker polled \(queue) within \(wait): \(name) connected, and polls nothing",
        hint: "start the worker after its client has connected")
    }
    return VerificationError(
      message: "no worker came within \(wait): nobody connected",
      hint: "let the worker's client connect to the address that was printed at the start")
  }
}
