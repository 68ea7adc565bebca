package import HindcastHistory
package import HindcastLua
package import HindcastRegistry
internal import HindcastWorker
private import Synchronization

/// The processes of an app: its functions and processes, and the workflows on the servers of its clients.
///
/// A process's host says where it runs: a `temporal.worker` runs workflows, a `process.host` runs `process.lua` entries.
package final class AppProcesses: ProcessHost, ProcessRelay {
  /// A worker as a host.
  private struct WorkerHost {
    var client: String
    var taskQueue: String
    /// Begins the ids that it makes up for workflows.
    var idPrefix: String
  }

  /// The host of functions, which nobody starts as processes.
  private static let functionHost = "functions"
  private static let processHostKind = "process.host"

  private let workers: [String: WorkerHost]
  private let hosts: Set<String>
  private let activities: LuaActivities
  private let stage: any ProcessStage
  private let local: LocalProcesses
  private let watches: [String: WorkflowWatches]
  private let connections = Mutex<[String: ClientConnection]>([:])
  private let currentWorld = Mutex(LuaActivityAdapter.World())

  /// What functions and processes get of the world.
  package var world: LuaActivityAdapter.World {
    get { currentWorld.withLock { $0 } }
    set { currentWorld.withLock { $0 = newValue } }
  }

  /// - Parameters:
  ///   - activities: The code of functions and processes.
  ///   - stage: Where they run.
  package init(_ registry: Registry, _ activities: LuaActivities, on stage: any ProcessStage) {
    self.activities = activities
    self.stage = stage
    let local = LocalProcesses()
    self.local = local
    workers = Dictionary(
      registry.workers.map { worker in
        let host = WorkerHost(
          client: worker.client.description, taskQueue: registry.taskQueue(of: worker), idPrefix: stage.makeID())
        return (worker.id.description, host)
      }
    ) { first, _ in first }
    hosts = Set(registry.entries.filter { $0.kind == Self.processHostKind }.map(\.id.description))
    watches = Dictionary(
      Set(workers.values.map(\.client)).map { client in
        (client, WorkflowWatches { local.post($1, to: $0) })
      }
    ) { first, _ in first }
  }

  /// Says how the server of a client is reached.
  package func connect(_ client: EntryID, _ connection: ClientConnection) {
    connections.withLock { $0[client.description] = connection }
  }

  // MARK: Functions

  package func join(_ mailbox: ProcessMailbox) -> ProcessID {
    let id = ProcessID(host: Self.functionHost, unique: stage.makeID())
    local.add(id, mailbox)
    return id
  }

  package func leave(_ process: ProcessID, _ result: WorkflowEnding) {
    for watches in watches.values { watches.forget(process) }
    local.remove(process, result)
  }

  // MARK: Starting

  package func start(_ start: ProcessStart, then: @escaping ProcessCallback<ProcessID>) {
    guard let worker = workers[start.host] else {
      return then(hosts.contains(start.host) ? .success(startLocally(start)) : .failure(.hostNotFound))
    }
    call(worker.client, then) { [self] client in
      let started = try await client.start(
        start, taskQueue: worker.taskQueue, generatedID: "\(worker.idPrefix)_\(stage.makeID())")
      let workflow = ProcessID(node: worker.client, host: start.host, unique: started.workflowID)
      if start.isMonitored || start.isLinked {
        watches[worker.client]?.noteRun(started.runID, of: started.workflowID)
        if start.isMonitored { watches[worker.client]?.add(.monitor, workflow, by: start.parent, client) }
        if start.isLinked { watches[worker.client]?.add(.link, workflow, by: start.parent, client) }
      }
      return workflow
    }
  }

  private func startLocally(_ start: ProcessStart) -> ProcessID {
    if !start.name.isEmpty, let running = local.names.lookup(start.name) {
      for message in start.messages { local.post(.message(message, from: start.parent), to: running) }
      return running
    }
    let id = ProcessID(host: start.host, unique: stage.makeID())
    let beginnings = start
    let waiting = Mutex<(@Sendable () -> Void)?>(nil)
    let mailbox = ProcessMailbox { waiting.withLock { $0 }?() }
    local.add(id, mailbox)
    if !start.name.isEmpty { _ = local.names.register(start.name, for: id) }
    if start.isMonitored { _ = local.watch(.monitor, id, by: start.parent) }
    if start.isLinked { _ = local.watch(.link, id, by: start.parent) }
    for message in start.messages { mailbox.post(.message(message, from: start.parent)) }
    stage.run(start.source) { [self] process in
      waiting.withLock { $0 = { process.wakeUp() } }
      var context = LuaActivities.Context(of: process, in: world, reaching: self)
      context.seat = ProcessSeat(id, mailbox)
      leave(id, activities.run(beginnings, context: context).map { $0 })
    }
    return id
  }

  package func call(
    _ function: ProcessStart, isStopped: @escaping @Sendable () -> Bool, then: @escaping ProcessCallback<Payload>
  ) {
    stage.run(function.source) { [self] process in
      var context = LuaActivities.Context(of: process, in: world, reaching: self)
      context.isStopped = { isStopped() || process.cancellation != nil }
      then(activities.run(function, context: context))
    }
  }

  package func execute(_ start: ProcessStart, then: @escaping ProcessCallback<Payload?>) {
    // Whoever executes a process watches it in place of the process that waits.
    let ended = Mutex(false)
    let watcher = ProcessID(host: "node:control", unique: stage.makeID())
    let box = ExecutionMailbox { [local] result in
      let isFirst = ended.withLock { ended in
        defer { ended = true }
        return !ended
      }
      guard isFirst else { return }
      local.remove(watcher, .success(nil))
      then(result)
    }
    local.add(watcher, box.mailbox)
    var start = start
    start.parent = watcher
    start.isMonitored = true
    self.start(start) { if case .failure(let error) = $0 { box.finish(.failure(error)) } }
  }

  // MARK: Talking

  package func send(
    _ message: ProcessMessageContent, from sender: ProcessID, to target: ProcessID,
    then: @escaping ProcessCallback<Void>
  ) {
    switch route(to: target) {
    case .failure(let error): then(.failure(error))
    case .success(nil): then(deliver(message, from: sender, to: target).map { .failure($0) } ?? .success(()))
    case .success(let client?):
      call(client, then) {
        try await $0.signal(target.unique, message, header: ProcessStart.header(of: sender))
      }
    }
  }

  package func deliver(
    _ message: ProcessMessageContent, from sender: ProcessID, to target: ProcessID
  ) -> FailedOperation? {
    guard isLocal(target.host) else { return .hostNotFound }
    return local.post(.message(message, from: sender), to: target) ? nil : LocalProcesses.notFound
  }

  package func terminate(_ target: ProcessID, then: @escaping ProcessCallback<Void>) {
    if let worker = workers[target.host] {
      call(worker.client, then) { try await $0.terminate(target.unique) }
    } else {
      then(post(.terminate, to: target))
    }
  }

  package func cancel(
    _ target: ProcessID, from sender: ProcessID, reason: String, then: @escaping ProcessCallback<Void>
  ) {
    switch route(to: target) {
    case .failure(let error): then(.failure(error))
    case .success(nil): then(post(.cancel(from: sender, reason: reason), to: target))
    case .success(let client?): call(client, then) { try await $0.cancel(target.unique, reason: reason) }
    }
  }

  private func post(_ mail: ProcessMail, to target: ProcessID) -> Result<Void, FailedOperation> {
    guard isLocal(target.host) else { return .failure(.hostNotFound) }
    return local.post(mail, to: target) ? .success(()) : .failure(LocalProcesses.notFound)
  }

  // MARK: Watching

  package func watch(
    _ request: WatchRequest, _ target: ProcessID, by watcher: ProcessID, then: @escaping ProcessCallback<Void>
  ) {
    switch route(to: target) {
    case .failure(let error): then(.failure(error))
    case .success(nil): then(local.watch(request, target, by: watcher).map { .failure($0) } ?? .success(()))
    case .success(let client?):
      guard let connection = connections.withLock({ $0[client] }), let watches = watches[client] else {
        return then(.failure(Self.notConnected))
      }
      switch request {
      case .monitor, .link:
        watches.add(request, target, by: watcher, WorkflowClient(client: connection, stage: stage))
      case .unmonitor, .unlink: watches.remove(request, target, by: watcher)
      }
      then(.success(()))
    }
  }

  // MARK: Names

  package func register(_ name: String, for process: ProcessID) -> Bool { local.names.register(name, for: process) }
  package func lookup(_ name: String) -> ProcessID? { local.names.lookup(name) }
  package func unregister(_ name: String) -> Bool { local.names.unregister(name) }

  // MARK: Routes

  /// The client whose server has a process; none for one of this app's own.
  private func route(to target: ProcessID) -> Result<String?, FailedOperation> {
    if !target.node.isEmpty {
      guard watches[target.node] != nil else {
        return .failure(FailedOperation(kind: ErrorKind.notFound, "node not found", isRetryable: false))
      }
      return .success(target.node)
    }
    return .success(workers[target.host]?.client)
  }

  private func isLocal(_ host: String) -> Bool { host == Self.functionHost || hosts.contains(host) }

  private static let notConnected = FailedOperation("temporal client not available")

  private func call<Value: Sendable>(
    _ client: String, _ then: @escaping ProcessCallback<Value>,
    _ body: @escaping @Sendable (WorkflowClient) async throws -> Value
  ) {
    guard let connection = connections.withLock({ $0[client] }) else { return then(.failure(Self.notConnected)) }
    let workflows = WorkflowClient(client: connection, stage: stage)
    stage.call {
      do {
        then(.success(try await body(workflows)))
      } catch {
        then(.failure(FailedOperation(calling: error)))
      }
    }
  }
}

/// The mailbox of an execution, which waits for one thing only.
private final class ExecutionMailbox: Sendable {
  let mailbox: ProcessMailbox
  let finish: @Sendable (WorkflowEnding) -> Void

  init(_ finish: @escaping @Sendable (WorkflowEnding) -> Void) {
    self.finish = finish
    mailbox = ProcessMailbox(handling: { mail in
      if case .exit(_, let result) = mail { finish(result) }
    })
  }
}
