import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Nexus endpoints, operations and callbacks (`server.md` 15).
final class NexusTests: XCTestCase {
  typealias StartAnswer = Temporal_Api_Nexus_V1_StartOperationResponse
  typealias NexusTask = Temporal_Api_Workflowservice_V1_PollNexusTaskQueueResponse

  // MARK: Endpoints

  func testEndpointsFromCreationToDeletion() throws {
    var rig = ServerRig()
    let endpoint = try rig.makeEndpoint()
    XCTAssertEqual(endpoint.version, 1)
    XCTAssertEqual(refusal { try rig.makeEndpoint() }?.code, .alreadyExists)
    let updated = try rig.call(
      OperatorService.updateNexusEndpoint,
      .with {
        $0.id = endpoint.id
        $0.version = 1
        $0.spec = endpoint.spec
        $0.spec.name = "renamed"
      })
    XCTAssertEqual(updated.endpoint.version, 2)
    XCTAssertEqual(
      refusal {
        try rig.call(
          OperatorService.updateNexusEndpoint,
          .with {
            $0.id = endpoint.id
            $0.version = 1
            $0.spec = endpoint.spec
          })
      }?.message, "nexus endpoint version mismatch. received: 1 expected 2")
    XCTAssertEqual(
      try rig.call(OperatorService.listNexusEndpoints, .init()).endpoints.map(\.spec.name), ["renamed"])
    try rig.call(
      OperatorService.deleteNexusEndpoint,
      .with {
        $0.id = endpoint.id
        $0.version = 2
      })
    XCTAssertEqual(
      refusal { try rig.call(OperatorService.getNexusEndpoint, .with { $0.id = endpoint.id }) }?.message,
      "Nexus endpoint with ID `\(endpoint.id)` not found")
  }

  func testRefusedEndpoints() throws {
    let cases: [((inout NexusEndpointSpec) -> Void, String)] = [
      ({ $0 = .init() }, "endpoint name not set, empty target variant"),
      (
        { $0.name = "1x" }, #"endpoint name must match the regex: "^[a-zA-Z][a-zA-Z0-9\\-]*[a-zA-Z0-9]$""#
      ),
      (
        { $0.target.worker.namespace = "nope" },
        "could not verify namespace referenced by target exists: Namespace nope is not found."
      ),
      ({ $0.target.external.url = "ftp://x" }, #"invalid target URL scheme: "ftp", expected http or https"#),
    ]
    for (change, message) in cases {
      var rig = ServerRig()
      XCTAssertEqual(refusal { try rig.makeEndpoint(change) }?.message, message)
    }
  }

  // MARK: Operations

  func testRefusedOperations() throws {
    var rig = ServerRig()
    let run = try rig.start()
    let task = try rig.pollTask()
    let error = refusal { try rig.complete(task, .scheduleOperation { $0.endpoint = "nowhere" }) }
    XCTAssertEqual(error?.message, #"BadScheduleNexusOperationAttributes: endpoint "nowhere" not found"#)
    XCTAssertEqual(
      rig.history(run)[3].workflowTaskFailedEventAttributes.cause, .badScheduleNexusOperationAttributes)
  }

  func testRequestTellsTheHandlerWhatItNeeds() throws {
    var rig = ServerRig()
    let run = try rig.startOperation { $0.nexusHeader = ["My-Header": "v"] }
    let request = try rig.pollNexus().request
    XCTAssertEqual(request.header["my-header"], "v")
    XCTAssertEqual(request.header["request-timeout"], "8s")
    XCTAssertEqual(request.header["operation-timeout"], "30000ms")
    XCTAssertEqual(request.startOperation.callback, "temporal://system")
    XCTAssertEqual(
      request.startOperation.links.map(\.url),
      [
        "temporal:///namespaces/default/workflows/w/\(run)/history?eventID=5&eventType=NexusOperationScheduled"
          + "&referenceType=EventReference"
      ])
    XCTAssertTrue(request.capabilities.temporalFailureResponses)
  }

  func testAnswersThatEndTheOperation() throws {
    let cases: [(StartAnswer, EventType)] = [
      (.with { $0.syncSuccess.payload.data = .init("x".utf8) }, .nexusOperationCompleted),
      (.with { $0.failure.applicationFailureInfo.type = "No" }, .nexusOperationFailed),
      (.with { $0.failure.canceledFailureInfo = .init() }, .nexusOperationCanceled),
      (.with { $0.operationError.operationState = "failed" }, .nexusOperationFailed),
      (.with { $0.operationError.operationState = "canceled" }, .nexusOperationCanceled),
    ]
    for (answer, type) in cases {
      var rig = ServerRig()
      let run = try rig.startOperation()
      let task = try rig.pollNexus()
      try rig.answer(task, answer)
      XCTAssertEqual(rig.news(run).eventType, type)
      XCTAssertEqual(rig.machine.executions[run]?.nexusOperations.count, 0)
      XCTAssertEqual(
        refusal { try rig.answer(task, answer) }?.message, "Nexus task not found or already expired")
      rig.checkRebuild()
    }
  }

  func testRefusalsAreRetriedUnlessTheirTypeForbids() throws {
    var rig = ServerRig()
    let run = try rig.startOperation()
    try rig.refuse(rig.pollNexus(), "INTERNAL")
    XCTAssertEqual(rig.machine.executions[run]?.pendingNexusOperations.first?.state, .backingOff)
    rig.advance(by: .seconds(1))
    try rig.refuse(rig.pollNexus(), "BAD_REQUEST")
    let failed = rig.news(run).nexusOperationFailedEventAttributes.failure
    XCTAssertEqual(failed.cause.nexusHandlerFailureInfo.type, "BAD_REQUEST")
    rig.checkRebuild()
  }

  func testRequestThatNobodyAnswersIsTriedAgainUntilTheOperationTimesOut() throws {
    var rig = ServerRig()
    let run = try rig.startOperation()
    _ = try rig.pollNexus()
    rig.advance(by: .seconds(8))
    let pending = try XCTUnwrap(rig.machine.executions[run]?.pendingNexusOperations.first)
    XCTAssertEqual(pending.attempt, 1)
    XCTAssertEqual(pending.lastAttemptFailure.nexusHandlerFailureInfo.type, "UPSTREAM_TIMEOUT")
    rig.advance(by: .seconds(30))
    let timedOut = rig.news(run).nexusOperationTimedOutEventAttributes.failure
    XCTAssertEqual(timedOut.cause.timeoutFailureInfo.timeoutType, .scheduleToClose)
    rig.checkRebuild()
  }

  func testTooLittleTimeForARequestTimesOutAtOnce() throws {
    var rig = ServerRig()
    let run = try rig.startOperation { $0.scheduleToCloseTimeout = .init(seconds: 1) }
    XCTAssertEqual(rig.news(run).eventType, .nexusOperationTimedOut)
  }

  func testCancelBeforeTheStartIsSentAfterIt() throws {
    var rig = ServerRig()
    let run = try rig.startOperation()
    try rig.signal()
    try rig.complete(rig.pollTask(), .cancelOperation(5))
    try rig.answer(rig.pollNexus(), .with { $0.asyncSuccess.operationToken = "token" })
    let task = try rig.pollNexus()
    XCTAssertEqual(task.request.cancelOperation.operationToken, "token")
    try rig.call(
      WorkflowService.respondNexusTaskCompleted,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.response.cancelOperation = .init()
      })
    XCTAssertEqual(rig.news(run).eventType, .nexusOperationCancelRequestCompleted)
    XCTAssertTrue(rig.news(run).workerMayIgnore)
    rig.checkRebuild()
  }

  // MARK: Callbacks

  func testEndOfARunEndsTheOperationThatItIs() throws {
    let cases: [(Command, EventType)] = [
      (.completeWorkflow("done"), .nexusOperationCompleted), (.failWorkflow("no"), .nexusOperationFailed),
      (.cancelWorkflow, .nexusOperationCanceled),
    ]
    for answersFirst in [true, false] {
      for (command, type) in cases {
        var rig = ServerRig()
        let run = try rig.startOperation()
        let task = try rig.pollNexus()
        try rig.start("target") {
          $0.taskQueue.name = "targets"
          $0.completionCallbacks = [task.callback]
        }
        if answersFirst { try rig.answer(task, .with { $0.asyncSuccess.operationToken = "token" }) }
        try rig.complete(rig.pollTask(queue: "targets"), command)
        XCTAssertEqual(rig.news(run).eventType, type)
        let started = rig.history(run).filter { $0.eventType == .nexusOperationStarted }
        XCTAssertEqual(started.map(\.nexusOperationStartedEventAttributes.operationToken), ["token"])
        let target = try XCTUnwrap(rig.machine.executions[rig.currentRun("target")])
        XCTAssertEqual(target.record.callbacks.map(\.state), [.succeeded])
        rig.checkRebuild()
      }
    }
  }

  func testLinksSurviveTheirWay() throws {
    let event = Link.WorkflowEvent.with {
      $0.namespace = "default"
      $0.workflowID = "a b/ü"
      $0.runID = "run"
      $0.eventRef.eventID = 7
      $0.eventRef.eventType = .workflowExecutionStarted
    }
    XCTAssertEqual(NexusLink(to: event).link?.workflowEvent, event)
    XCTAssertNil(NexusLink.with { $0.url = "temporal:///%zz" }.link)
  }
}

extension Command {
  fileprivate static func scheduleOperation(
    _ change: (inout Temporal_Api_Command_V1_ScheduleNexusOperationCommandAttributes) -> Void = { _ in }
  ) -> Command {
    .with {
      $0.commandType = .scheduleNexusOperation
      $0.scheduleNexusOperationCommandAttributes = .with {
        $0.endpoint = "endpoint"
        $0.service = "service"
        $0.operation = "operation"
        $0.scheduleToCloseTimeout = .init(seconds: 30)
        change(&$0)
      }
    }
  }

  fileprivate static func cancelOperation(_ scheduledEventID: Int64) -> Command {
    .with {
      $0.commandType = .requestCancelNexusOperation
      $0.requestCancelNexusOperationCommandAttributes.scheduledEventID = scheduledEventID
    }
  }
}

extension NexusTests.NexusTask {
  /// The callback that a handler gives to the run that it starts.
  fileprivate var callback: Temporal_Api_Common_V1_Callback {
    .with {
      $0.nexus.url = request.startOperation.callback
      $0.nexus.header = request.startOperation.callbackHeader
      $0.nexus.header["nexus-operation-token"] = "token"
    }
  }
}

extension ServerRig {
  @discardableResult
  fileprivate mutating func makeEndpoint(
    _ change: (inout NexusEndpointSpec) -> Void = { _ in }
  ) throws -> NexusEndpoint {
    try call(
      OperatorService.createNexusEndpoint,
      .with {
        $0.spec.name = "endpoint"
        $0.spec.target.worker.namespace = "default"
        $0.spec.target.worker.taskQueue = "handlers"
        change(&$0.spec)
      }
    ).endpoint
  }

  /// Starts the run `w`, whose first task schedules an operation.
  fileprivate mutating func startOperation(
    _ change: (inout Temporal_Api_Command_V1_ScheduleNexusOperationCommandAttributes) -> Void = { _ in }
  ) throws -> String {
    try makeEndpoint()
    let run = try start()
    try complete(pollTask(), .scheduleOperation(change))
    return run
  }

  fileprivate mutating func pollNexus() throws -> NexusTests.NexusTask {
    try call(
      WorkflowService.pollNexusTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "handlers"
      })
  }

  fileprivate mutating func answer(_ task: NexusTests.NexusTask, _ answer: NexusTests.StartAnswer) throws {
    try call(
      WorkflowService.respondNexusTaskCompleted,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.response.startOperation = answer
      })
  }

  fileprivate mutating func refuse(_ task: NexusTests.NexusTask, _ type: String) throws {
    try call(
      WorkflowService.respondNexusTaskFailed,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.failure.nexusHandlerFailureInfo.type = type
      })
  }
}
