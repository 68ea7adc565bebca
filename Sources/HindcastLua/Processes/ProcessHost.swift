package import TemporalAPI

/// What a process outside of workflows reaches others through: workflows as well as processes like itself.
///
/// A process asks from its own thread and never waits there: what comes of it arrives by a callback, from any thread.
package protocol ProcessHost: ProcessNames {
  /// Gives a process that begins its id; what is sent to it goes to the mailbox until ``leave(_:_:)``.
  func join(_ mailbox: ProcessMailbox) -> ProcessID
  /// Takes note that a process has ended, and how.
  func leave(_ process: ProcessID, _ result: Result<Temporal_Api_Common_V1_Payload?, FailedOperation>)

  /// Calls a function beside its caller and tells its result.
  /// - Parameter isStopped: Whether nobody waits for the result any more.
  func call(
    _ function: ProcessStart, isStopped: @escaping @Sendable () -> Bool,
    then: @escaping ProcessCallback<Temporal_Api_Common_V1_Payload>)
  /// Starts a process and tells its id.
  func start(_ start: ProcessStart, then: @escaping ProcessCallback<ProcessID>)
  /// Starts a process and tells its result.
  func execute(_ start: ProcessStart, then: @escaping ProcessCallback<Temporal_Api_Common_V1_Payload?>)
  /// Sends a message.
  func send(
    _ message: ProcessMessageContent, from sender: ProcessID, to target: ProcessID,
    then: @escaping ProcessCallback<Void>)
  /// Ends a process at once.
  func terminate(_ target: ProcessID, then: @escaping ProcessCallback<Void>)
  /// Asks a process to end.
  func cancel(_ target: ProcessID, from sender: ProcessID, reason: String, then: @escaping ProcessCallback<Void>)
  /// Begins or ends to watch a process.
  func watch(
    _ request: WatchRequest, _ target: ProcessID, by watcher: ProcessID, then: @escaping ProcessCallback<Void>)
}

/// Where an answer goes.
package typealias ProcessCallback<Value> = @Sendable (Result<Value, FailedOperation>) -> Void

/// The names that processes have given themselves and others.
package protocol ProcessNames: Sendable {
  /// Gives a process a name; `false` if another one has it.
  func register(_ name: String, for process: ProcessID) -> Bool
  /// The process of a name.
  func lookup(_ name: String) -> ProcessID?
  /// Takes a name back; `false` if there is none.
  func unregister(_ name: String) -> Bool
}

/// What a workflow reaches processes outside of workflows through.
package protocol ProcessRelay: ProcessNames {
  /// Hands a message over at once; the error if nobody is there to take it.
  func deliver(
    _ message: ProcessMessageContent, from sender: ProcessID, to target: ProcessID
  ) -> FailedOperation?
}

/// A topic and what is said about it.
package struct ProcessMessageContent: Sendable {
  package var topic: String
  package var payloads: [Temporal_Api_Common_V1_Payload]
}

/// What `process.monitor` and its like ask for.
package enum WatchRequest: String, Sendable, CaseIterable {
  case monitor
  case unmonitor
  case link
  case unlink
}

/// A process that is to be started.
package struct ProcessStart: Sendable {
  /// The entry whose code it runs: a workflow's type.
  package var source: String
  /// The worker, or the process host, that is to run it.
  package var host: String
  package var arguments: [Temporal_Api_Common_V1_Payload]
  /// Who starts it.
  package var parent: ProcessID
  /// The name that it gets, of which there is one at a time; empty for none.
  package var name = ""
  /// What is sent to it first, in order.
  package var messages: [ProcessMessageContent] = []
  /// Whether the parent learns of its end.
  package var isMonitored = false
  /// Whether the parent fails with it.
  package var isLinked = false
  /// The values that it finds in its context, and on whose behalf it runs.
  var context: ContextHeader
  var options: [String: GoValue] = [:]
  /// How many functions have called each other to come here.
  var depth = 0

  /// The header that carries the context.
  /// - Parameter sender: Who signals, for a header that starts a workflow by a signal.
  package func header(signalledBy sender: ProcessID? = nil) -> Temporal_Api_Common_V1_Header {
    var extra: [String: GoValue] = [:]
    if let sender, !sender.isEmpty { extra[ContextHeader.signalFromKey] = .string(sender.text) }
    return context.encoded(adding: extra) ?? .init()
  }

  /// The options of a start as a workflow.
  /// - Throws: ``FailedOperation`` with upstream's text for one that cannot be understood.
  package func workflowOptions() throws(FailedOperation) -> WorkflowStartOptions {
    do throws(PayloadError) {
      return try WorkflowStartOptions(options)
    } catch {
      throw FailedOperation(error: LuaErrorValue(kind: ErrorKind.unknown, message: error.description))
    }
  }

  /// The header of a signal that tells nothing but its sender.
  package static func header(of sender: ProcessID) -> Temporal_Api_Common_V1_Header {
    guard !sender.isEmpty else { return .init() }
    return ContextHeader().encoded(adding: [ContextHeader.signalFromKey: .string(sender.text)]) ?? .init()
  }
}

extension FailedOperation {
  /// An error that Lua code sees with a kind, `NotFound` for example, or with none.
  package init(kind: String = ErrorKind.unknown, _ message: String, isRetryable: Bool? = nil) {
    self.init(error: LuaErrorValue(kind: kind, message: message, isRetryable: isRetryable))
  }

  /// How a workflow's failure looks to Lua code.
  package init(_ failure: Temporal_Api_Failure_V1_Failure) {
    self.init(error: FailureReader.error(failure))
  }

  /// The error's text.
  package var message: String { error.fullText }

  /// The error of a host that is not there.
  package static var hostNotFound: FailedOperation {
    FailedOperation(kind: ErrorKind.notFound, "host not found", isRetryable: false)
  }
}
