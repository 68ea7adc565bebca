import HindcastCore
import TemporalAPI

/// What the engine drives: passes events to a host and runs it at each workflow task.
final class SwiftWorkflowInstance: WorkflowInstance {
  private let host: WorkflowHost

  init(host: WorkflowHost) {
    self.host = host
  }

  func start(
    input: Temporal_Api_Common_V1_Payloads?, header: Temporal_Api_Common_V1_Header?
  ) throws(TaskFailure) {
    host.input = input
    if let header { host.header = header }
    let host = host
    host.dispatcher.spawn(name: "root") {
      do {
        // What came with the first task (signals, updates) is to be there before the first line of code runs.
        try await host.dispatcher.wait(for: "the first workflow task", at: nil) { true }
        host.noteProgress()
        let run = host.registration.run
        let payloads = try await run(host.context, host.input)
        host.end(with: .success(payloads))
      } catch {
        host.end(with: .failure(error))
      }
    }
  }

  func workflowTaskStarted() throws(TaskFailure) {
    try host.runCode()
  }

  func resolve(_ operation: OperationID, with resolution: Resolution) throws(TaskFailure) {
    guard let handle = host.operations[operation] else {
      host.earlyResolutions[operation] = resolution
      return
    }
    host.reacting { handle(resolution) }
    if !host.dispatcher.isRunningCode { try host.throwFailure() }
  }

  func signal(
    _ name: String, input: Temporal_Api_Common_V1_Payloads?, header: Temporal_Api_Common_V1_Header?
  ) throws(TaskFailure) {
    _ = host.signalChannel(named: name).sendNow(input ?? Temporal_Api_Common_V1_Payloads())
  }

  func cancelRequested() throws(TaskFailure) {
    host.reacting { host.rootScope.cancelNow() }
    try host.throwFailure()
  }

  func update(_ request: UpdateRequest) throws(TaskFailure) {
    host.deliver(request)
    try host.throwFailure()
  }

  func query(
    _ type: String, arguments: Temporal_Api_Common_V1_Payloads?, header: Temporal_Api_Common_V1_Header?
  ) -> QueryAnswer {
    host.answerQuery(type, arguments)
  }

  var currentLocation: SourceLocation? { host.currentLocation }

  var currentStack: [StackFrame] {
    host.currentLocation.map { [StackFrame(location: $0, function: host.dispatcher.running?.name)] } ?? []
  }

  var coroutines: [CoroutineStack] { host.dispatcher.coroutines.map(\.stack) }

  var wakeSources: WakeSources {
    var subscriptions = host.signals.filter { $0.value.hasReceivers }.keys.map { "signal \($0)" }
    subscriptions += host.updates.handlers.keys.map { "update \($0)" }
    return WakeSources(operations: host.operations.count, subscriptions: subscriptions.sorted())
  }

  var unreceivedSignals: [String] { host.unreceivedSignals }

  func close() {
    host.close()
  }

  deinit {
    host.close()
  }
}

extension WorkflowHost {
  /// Gives the run up and breaks every tie between its parts.
  func close() {
    guard !isClosed else { return }
    if isLost {
      dispatcher.abandon()
    } else if !dispatcher.coroutines.isEmpty {
      withBudget { self.dispatcher.evict() }
    }
    isClosed = true
    operations.removeAll()
    earlyResolutions.removeAll()
    signals.removeAll()
    queryHandlers.removeAll()
    updates = UpdateTable()
  }
}
