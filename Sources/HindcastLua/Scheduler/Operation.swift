import TemporalAPI

/// What a task can ask of the outside, in the order of its frequency.
enum Operation {
  case sleep(nanoseconds: Int64)
  case call(ActivityCall)
  case asyncCall(ActivityCall, Future)
  case cancelFuture(Future)
  case startTimer(TimerEntry, TimerResult)
  case stopTimer(TimerEntry)
  case resetTimer(TimerEntry, nanoseconds: Int64)
  case sideEffect(SideEffectSource)
  case version(changeID: String, minimum: Int, maximum: Int)
  case attributes(search: [String: GoValue], memo: [String: GoValue])
  case spawn(ChildCall)
  case exec(ChildCall, isWorkflowExec: Bool)
  case send(MessageCall)
  case cancelExternal(ProcessID, reason: String, isTerminate: Bool)
  /// `process.monitor` and its like.
  case watch(WatchRequest, ProcessID)
  /// A module's operation that the runtime does not know in workflows.
  case unknown(type: String)
  /// Work outside of the machine; only activities can ask for it.
  case errand(Errand)
}

/// `funcs.call` or `funcs.async`.
struct ActivityCall {
  var target: String
  var arguments: Result<EncodedArguments, PayloadError>
  /// The executor's options, or nil.
  var options: [String: GoValue]?
  /// The values that an executor carries in place of the caller's own; without effect in workflows.
  var context: [String: GoValue]?
}

/// `process.spawn` and its like, `process.exec`, `workflow.exec`.
struct ChildCall {
  var target: String
  /// Empty: the workflow's own queue.
  var host: String
  var arguments: Result<EncodedArguments, PayloadError>
  var options: [String: GoValue]?
  /// The values that a spawner carries in place of the workflow's own.
  var context: [String: GoValue]?
  /// What only counts outside of workflows.
  var outside = OutsideOptions()

  struct OutsideOptions {
    /// The name that the process gets; empty for none.
    var name = ""
    /// What is sent to the process first.
    var messages: [(topic: String, arguments: Result<EncodedArguments, PayloadError>)] = []
    var isMonitored = false
    var isLinked = false
  }
}

/// `process.send`.
struct MessageCall {
  var target: ProcessID
  var topic: String
  var arguments: Result<EncodedArguments, PayloadError>
}

/// What a side effect makes when it is not replayed.
enum SideEffectSource {
  case uuid(version: Int)
  case randomText(length: Int, charset: [UInt8])
  case randomBytes(length: Int)
  case sealed(cipher: SealingCipher, data: [UInt8], key: [UInt8], additional: [UInt8])
}
