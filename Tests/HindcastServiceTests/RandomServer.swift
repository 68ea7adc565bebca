import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI

@testable import HindcastServer
@testable import HindcastService

/// A server that gets requests at random: what workers, clients and time may do to it, sensible or not.
struct RandomServer {
  private(set) var machine: ServerMachine
  /// The records as the store would hold them.
  private(set) var rows: [CommitGroup.RecordKey: Data] = [:]
  private(set) var archive = Archive()
  private(set) var now = ServerTime(nanoseconds: 1_700_000_000 * 1_000_000_000)
  /// What was asked, for messages of tests.
  private(set) var log: [String] = []
  private(set) var answered = 0
  var random: IDSource
  private var lastCall: UInt64 = 0
  private var tasks: [Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse] = []
  var activities: [Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse] = []
  private var waiting: [CallID] = []
  var nexusTasks: [Temporal_Api_Workflowservice_V1_PollNexusTaskQueueResponse] = []
  private var runs: [(workflowID: String, runID: String)] = []

  struct Archive: HistoryArchive {
    var histories: [String: [EventBatch]] = [:]

    func batches(ofRun runID: String, from eventID: Int64, limit: Int) throws(ServiceError) -> [EventBatch] {
      Array(histories[runID, default: []].from(eventID).prefix(limit))
    }

    func batches(ofRun runID: String, before eventID: Int64, limit: Int) throws(ServiceError) -> [EventBatch] {
      Array(histories[runID, default: []].before(eventID).prefix(limit))
    }
  }

  init(seed: UInt64) {
    random = IDSource(seed: seed)
    machine = ServerMachine(seed: seed)
    store(machine.firstWrites)
    makeEndpoint()
  }

  // MARK: Requests

  mutating func step() {
    switch random.next() % 48 {
    case 0..<5: start()
    case 5..<15: poll()
    case 15..<22: answerTask()
    case 22..<24: failTask()
    case 24..<27: pollActivity()
    case 27..<31: answerActivity()
    case 31..<33: signal()
    case 33: cancel()
    case 34: terminate()
    case 35: reset()
    case 36: update()
    case 37: expireOrAbandon()
    case 38: look()
    case 39..<42: pollNexus()
    case 42, 43: answerNexus()
    case 44: startActivity()
    case 45: changeSchedule()
    case 46: startBatch()
    default: advance()
    }
  }

  mutating func choose<Value>(_ values: [Value]) -> Value? {
    values.isEmpty ? nil : values[Int(random.next() % UInt64(values.count))]
  }

  mutating func chance(_ percent: UInt64) -> Bool { random.next() % 100 < percent }

  mutating func workflowID() -> String { "w\(random.next() % 4)" }

  private mutating func start() {
    let id = workflowID()
    let policies: [Temporal_Api_Enums_V1_WorkflowIdConflictPolicy] = [
      .unspecified, .fail, .useExisting, .terminateExisting,
    ]
    let policy = choose(policies) ?? .fail
    let retries = chance(20)
    let runTimeout = chance(20)
    let delayed = chance(10)
    call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = id
        $0.workflowType.name = "Type"
        $0.taskQueue.name = "queue"
        $0.workflowIDConflictPolicy = policy
        if retries { $0.retryPolicy.maximumAttempts = 3 }
        if runTimeout { $0.workflowRunTimeout = .init(seconds: 500) }
        if delayed { $0.workflowStartDelay = .init(seconds: 30) }
      }
    ) { server, response in server.runs.append((id, response.runID)) }
  }

  private mutating func poll() {
    let sticky = chance(20)
    call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = sticky ? "sticky" : "queue"
        if sticky {
          $0.taskQueue.kind = .sticky
          $0.taskQueue.normalName = "queue"
        }
        $0.identity = "worker"
      }
    ) { server, response in if !response.taskToken.isEmpty { server.tasks.append(response) } }
  }

  private mutating func answerTask() {
    guard let task = choose(tasks) else { return }
    if chance(90) { tasks.removeAll { $0.taskToken == task.taskToken } }
    let commands = (0..<Int(random.next() % 4)).map { _ in command(task) } + (chance(15) ? [closing()] : [])
    let messages = task.messages.compactMap { message -> Temporal_Api_Protocol_V1_Message? in
      guard let request = try? Temporal_Api_Update_V1_Request(unpackingAny: message.body) else { return nil }
      let acceptance = Temporal_Api_Update_V1_Acceptance.with {
        $0.acceptedRequestMessageID = message.id
        $0.acceptedRequestSequencingEventID = message.eventID
        $0.acceptedRequest = request
      }
      return .with {
        $0.id = message.protocolInstanceID + "/accept"
        $0.protocolInstanceID = message.protocolInstanceID
        if let body = try? Google_Protobuf_Any(message: acceptance) { $0.body = body }
      }
    }
    let (sticky, more, forced) = (chance(20), chance(30), chance(5))
    call(
      WorkflowService.respondWorkflowTaskCompleted,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.identity = "worker"
        $0.commands = commands
        $0.messages = messages
        $0.returnNewWorkflowTask = more
        $0.forceCreateNewWorkflowTask = forced
        if sticky {
          $0.stickyAttributes.workerTaskQueue.name = "sticky"
          $0.stickyAttributes.scheduleToStartTimeout = .init(seconds: 5)
        }
      }
    ) { server, response in if response.hasWorkflowTask { server.tasks.append(response.workflowTask) } }
  }

  private mutating func failTask() {
    guard let task = choose(tasks) else { return }
    tasks.removeAll { $0.taskToken == task.taskToken }
    call(
      WorkflowService.respondWorkflowTaskFailed,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.cause = .workflowWorkerUnhandledFailure
      })
  }

  private mutating func command(_ task: Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse) -> Command {
    let name = "\(random.next() % 3)"
    let seconds = Int64(random.next() % 100)
    switch random.next() % 12 {
    case 0, 1, 2:
      return .with {
        $0.commandType = .startTimer
        $0.startTimerCommandAttributes.timerID = name
        $0.startTimerCommandAttributes.startToFireTimeout = .init(seconds: seconds)
      }
    case 3:
      return .with {
        $0.commandType = .cancelTimer
        $0.cancelTimerCommandAttributes.timerID = name
      }
    case 4, 5:
      return .with {
        $0.commandType = .scheduleActivityTask
        $0.scheduleActivityTaskCommandAttributes = .with {
          $0.activityID = name
          $0.activityType.name = "Activity"
          $0.taskQueue.name = "queue"
          $0.startToCloseTimeout = .init(seconds: seconds + 1)
          if seconds % 2 == 0 { $0.heartbeatTimeout = .init(seconds: 7) }
          if seconds % 3 == 0 { $0.scheduleToCloseTimeout = .init(seconds: 40) }
        }
      }
    case 6:
      let scheduled = task.history.events.last { $0.eventType == .activityTaskScheduled }?.eventID ?? 5
      return .with {
        $0.commandType = .requestCancelActivityTask
        $0.requestCancelActivityTaskCommandAttributes.scheduledEventID = scheduled
      }
    case 7:
      let id = workflowID()
      return .with {
        $0.commandType = .startChildWorkflowExecution
        $0.startChildWorkflowExecutionCommandAttributes.workflowID = id
        $0.startChildWorkflowExecutionCommandAttributes.workflowType.name = "Child"
      }
    case 8:
      let id = workflowID()
      return .with {
        $0.commandType = .requestCancelExternalWorkflowExecution
        $0.requestCancelExternalWorkflowExecutionCommandAttributes.workflowID = id
      }
    case 9: return operationCommand(seconds)
    case 10: return cancellation(ofOperationIn: task.history.events)
    default:
      let id = workflowID()
      return .with {
        $0.commandType = .signalExternalWorkflowExecution
        $0.signalExternalWorkflowExecutionCommandAttributes.execution.workflowID = id
        $0.signalExternalWorkflowExecutionCommandAttributes.signalName = "from a workflow"
      }
    }
  }

  private mutating func closing() -> Command {
    switch random.next() % 4 {
    case 0: .completion
    case 1:
      .with {
        $0.commandType = .failWorkflowExecution
        $0.failWorkflowExecutionCommandAttributes.failure.message = "no"
        $0.failWorkflowExecutionCommandAttributes.failure.applicationFailureInfo = .init()
      }
    case 2:
      .with {
        $0.commandType = .continueAsNewWorkflowExecution
        $0.continueAsNewWorkflowExecutionCommandAttributes.workflowType.name = "Type"
        $0.continueAsNewWorkflowExecutionCommandAttributes.taskQueue.name = "queue"
      }
    default:
      .with {
        $0.commandType = .cancelWorkflowExecution
        $0.cancelWorkflowExecutionCommandAttributes = .init()
      }
    }
  }

  private mutating func pollActivity() {
    call(
      WorkflowService.pollActivityTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "queue"
        $0.identity = "worker"
      }
    ) { server, response in if !response.taskToken.isEmpty { server.activities.append(response) } }
  }

  private mutating func answerActivity() {
    guard let task = choose(activities) else { return }
    let kind = random.next() % 4
    if kind != 3 { activities.removeAll { $0.taskToken == task.taskToken } }
    switch kind {
    case 0:
      call(
        WorkflowService.respondActivityTaskCompleted,
        .with {
          $0.namespace = "default"
          $0.taskToken = task.taskToken
        })
    case 1:
      call(
        WorkflowService.respondActivityTaskFailed,
        .with {
          $0.namespace = "default"
          $0.taskToken = task.taskToken
          $0.failure.message = "no"
          $0.failure.applicationFailureInfo.nonRetryable = task.attempt > 2
        })
    case 2:
      call(
        WorkflowService.respondActivityTaskCanceled,
        .with {
          $0.namespace = "default"
          $0.taskToken = task.taskToken
        })
    default:
      call(
        WorkflowService.recordActivityTaskHeartbeat,
        .with {
          $0.namespace = "default"
          $0.taskToken = task.taskToken
        })
    }
  }

  private mutating func signal() {
    let (id, requestID) = (workflowID(), "r\(random.next() % 20)")
    call(
      WorkflowService.signalWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = id
        $0.signalName = "signal"
        $0.requestID = requestID
      })
  }

  private mutating func cancel() {
    let id = workflowID()
    call(
      WorkflowService.requestCancelWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = id
      })
  }

  private mutating func terminate() {
    let id = workflowID()
    call(
      WorkflowService.terminateWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = id
      })
  }

  private mutating func reset() {
    guard let run = choose(runs) else { return }
    let event = Int64(random.next() % 12)
    call(
      WorkflowService.resetWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = run.workflowID
        $0.workflowExecution.runID = run.runID
        $0.workflowTaskFinishEventID = event
        $0.reason = "test"
        $0.requestID = "reset \(event)"
      }
    ) { server, response in server.runs.append((run.workflowID, response.runID)) }
  }

  private mutating func update() {
    let (id, updateID) = (workflowID(), "u\(random.next() % 5)")
    call(
      WorkflowService.updateWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = id
        $0.waitPolicy.lifecycleStage = .completed
        $0.request.meta.updateID = updateID
        $0.request.input.name = "update"
      })
  }

  private mutating func expireOrAbandon() {
    guard let call = choose(waiting) else { return }
    waiting.removeAll { $0 == call }
    log.append("end of \(call.number)")
    if chance(50) { machine.abandon(call) } else { take(machine.expire(call, at: now, reading: archive)) }
  }

  private mutating func look() {
    guard let run = choose(runs) else { return }
    call(
      WorkflowService.describeWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.execution.workflowID = run.workflowID
        $0.execution.runID = run.runID
      })
    call(
      WorkflowService.getWorkflowExecutionHistory,
      .with {
        $0.namespace = "default"
        $0.execution.workflowID = run.workflowID
        $0.execution.runID = run.runID
        $0.waitNewEvent = run.runID.hashValue.isMultiple(of: 2)
      })
  }

  private mutating func advance() {
    let end = now + .seconds(Int64(random.next() % 60))
    log.append("advance to \(end.nanoseconds)")
    while let due = machine.nextDue, due <= end {
      now = max(now, due)
      take(machine.advance(to: now, reading: archive))
    }
    now = end
  }

  // MARK: Turns

  private var handlers: [CallID: @Sendable (inout RandomServer, any Message) -> Void] = [:]

  mutating func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request,
    _ handle: @escaping @Sendable (inout RandomServer, Response) -> Void = { _, _ in }
  ) {
    lastCall += 1
    let id = CallID(lastCall)
    log.append("\(lastCall) \(method.name) \(request.textFormatString().replacingOccurrences(of: "\n", with: " "))")
    handlers[id] = { server, message in if let response = message as? Response { handle(&server, response) } }
    waiting.append(id)
    take(machine.handle(request, of: MethodName(method), as: Call(id: id), at: now, reading: archive))
  }

  private mutating func take(_ turn: Turn) {
    store(turn.writes)
    for reply in turn.replies {
      waiting.removeAll { $0 == reply.call }
      guard let handle = handlers.removeValue(forKey: reply.call) else { continue }
      if case .success(let message) = reply.result {
        answered += 1
        handle(&self, message)
      }
    }
  }

  private mutating func store(_ writes: [Write]) {
    for write in writes {
      switch write {
      case .events(let batch, let run): archive.histories[run, default: []].append(batch)
      case .removeHistory(let run): archive.histories[run] = nil
      case .record(let kind, let owner, let key, let record):
        rows[.init(kind: kind, owner: owner, key: key)] = record.flatMap { try? $0.serializedData() }
      }
    }
  }

  /// The server that would come back from the store now.
  func restored() throws -> ServerMachine {
    var restorer = ServerRestorer(ids: machine.idSource)
    for (key, bytes) in rows { try restorer.add(key.kind, owner: key.owner, key: key.key, bytes) }
    return restorer.finish()
  }

  /// Goes on with the server that comes back from the store; calls that waited are gone.
  mutating func restart() throws {
    log.append("restart")
    machine = try restored()
    waiting = []
    handlers = [:]
  }
}
