/// One coroutine of the scheduler: the main one, or one that `coroutine.spawn` made.
final class LuaTask {
  let thread: LuaThread
  /// Counts from 1 in each run; 1 is the main coroutine.
  let ordinal: Int
  /// What the task asked for when it last stopped running.
  var yield = Yield.none
  /// What it waits for, for reports and for the deadlock verdict.
  var wait = WaitReason.none
  /// How many values lie on the thread's stack for its next resume.
  var arguments = 0
  /// False once the task has ended or was dropped.
  var isAlive = true

  init(thread: LuaThread, ordinal: Int) {
    self.thread = thread
    self.ordinal = ordinal
  }

  var name: String { ordinal == 1 ? "main" : "coroutine \(ordinal)" }
}

/// What a task asked for when it stopped.
enum Yield {
  case none
  /// `coroutine.yield` of the task's own code.
  case plain
  /// `coroutine.spawn`; the function's slot in the value store.
  case spawn(ValueSlot)
  case upgrade(UpgradeRequest)
  /// A channel operation that blocks, or lets others go on.
  case channel(ChannelResult)
  case subscribe(SubscribeRequest)
  case unsubscribe(Channel)
  /// Something that needs the outside.
  case operation(Operation)
}

/// `process.inbox`, `events`, `listen` or `subscribe`.
struct SubscribeRequest {
  var topic: String
  var bufferSize: Int
  /// Nil: whatever holds for the topic already.
  var handler: TopicHandler?
  /// The channel that `subscribe(topic, channel)` names.
  var channel: Channel?
}

/// `process.upgrade`.
struct UpgradeRequest {
  /// Nil: the running workflow's own entry.
  var source: String?
  var input: Result<EncodedArguments, PayloadError>
  /// Where the code asked for it.
  var frames: [LuaFrame] = []
}

/// What a task waits for.
enum WaitReason {
  case none
  case send(Channel)
  case receive(Channel)
  case select([Channel])
  case operation(OperationWait)
}

/// What kind of operation a task waits for, with what is needed to name it.
enum OperationWait {
  case timer(id: String)
  /// `time.sleep` of no or of negative time waits for the next workflow task, whatever starts it.
  case nextWorkflowTask
  case activity(type: String, id: String)
  case childStart(type: String, id: String)
  case childResult(type: String, id: String)
  case signal(workflowID: String)
  case cancellation(workflowID: String)

  var description: String {
    switch self {
    case .timer(let id): "timer (id \(id))"
    case .nextWorkflowTask: "the next workflow task"
    case .activity(let type, let id): "activity \(type) (id \(id))"
    case .childStart(let type, let id): "start of child workflow \(type) (id \(id))"
    case .childResult(let type, let id): "child workflow \(type) (id \(id))"
    case .signal(let workflowID): "delivery of a signal to workflow \(workflowID)"
    case .cancellation(let workflowID): "delivery of a cancel request to workflow \(workflowID)"
    }
  }
}
