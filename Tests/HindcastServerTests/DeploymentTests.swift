import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Worker deployments and the way of tasks between their versions (`server.md` 15).
final class DeploymentTests: XCTestCase {
  private let one = VersionKey(deployment: "shop", buildID: "1")
  private let two = VersionKey(deployment: "shop", buildID: "2")

  @discardableResult
  private func makeCurrent(
    _ rig: inout ServerRig, _ version: VersionKey?
  ) throws -> Temporal_Api_Workflowservice_V1_SetWorkerDeploymentCurrentVersionResponse {
    try rig.call(
      WorkflowService.setWorkerDeploymentCurrentVersion,
      .with {
        $0.namespace = "default"
        $0.deploymentName = "shop"
        $0.buildID = version?.buildID ?? ""
        $0.identity = "me"
      })
  }

  private func complete(
    _ rig: inout ServerRig, _ task: WorkflowTaskPollResponse, as version: VersionKey, _ behavior: VersioningBehavior
  ) throws {
    try rig.complete(task) {
      $0.deploymentOptions = version.workerOptions
      $0.versioningBehavior = behavior
    }
  }

  func testARunIsPinnedOnlyToAVersionThatPollsItsQueue() throws {
    var rig = ServerRig()
    let pin: (inout Temporal_Api_Workflow_V1_VersioningOverride) -> Void = {
      $0.pinned.behavior = .pinned
      $0.pinned.version = self.one.message
    }
    let update: (inout ServerRig) throws -> Void = { rig in
      try rig.call(
        WorkflowService.updateWorkflowExecutionOptions,
        .with {
          $0.namespace = "default"
          $0.workflowExecution.workflowID = "w"
          pin(&$0.workflowExecutionOptions.versioningOverride)
          $0.updateMask.paths = ["versioning_override"]
        })
    }
    let message = "Pinned version 'shop:1' is not present in task queue 'queue' of type 'Workflow'"
    try rig.start()
    XCTAssertEqual(refusal { try update(&rig) }?.message, message)
    XCTAssertEqual(refusal { try rig.start("pinned") { pin(&$0.versioningOverride) } }?.message, message)
    _ = rig.beginPoll(version: one)
    try update(&rig)
    try rig.start("pinned") { pin(&$0.versioningOverride) }
    let description = try rig.call(
      WorkflowService.describeWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.execution.workflowID = "w"
      })
    // Known before any worker has the run.
    let attributes = description.workflowExecutionInfo.searchAttributes.indexedFields
    XCTAssertEqual(attributes["TemporalWorkflowVersioningBehavior"]?.data, Data(#""Pinned""#.utf8))
    XCTAssertEqual(attributes["BuildIds"]?.data, Data(#"["pinned:shop:1"]"#.utf8))
  }

  func testTheBuildOfTheLastWorkerIsDescribed() throws {
    var rig = ServerRig()
    try rig.start()
    try rig.complete(rig.pollTask()) { $0.workerVersionStamp.buildID = "abc" }
    let description = try rig.call(
      WorkflowService.describeWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.execution.workflowID = "w"
      })
    XCTAssertEqual(description.workflowExecutionInfo.mostRecentWorkerVersionStamp.buildID, "abc")
  }

  func testFirstPollRegistersTheVersion() throws {
    var rig = ServerRig()
    XCTAssertEqual(
      refusal { try self.makeCurrent(&rig, self.one) }?.message,
      "no Worker Deployment found with name 'shop'; does your Worker Deployment have pollers?")
    _ = rig.beginPoll(version: one)
    XCTAssertEqual(
      refusal { try self.makeCurrent(&rig, self.two) }?.message, "build ID '2' not found in Worker Deployment 'shop'")
    XCTAssertEqual(try makeCurrent(&rig, one).previousVersion, "__unversioned__")
    let info = try rig.call(
      WorkflowService.describeWorkerDeployment,
      .with {
        $0.namespace = "default"
        $0.deploymentName = "shop"
      }
    ).workerDeploymentInfo
    XCTAssertEqual(info.routingConfig.currentDeploymentVersion, one.message)
    XCTAssertEqual(info.routingConfig.revisionNumber, 1)
    XCTAssertEqual(info.versionSummaries.map(\.status), [.current])
    let version = try rig.call(
      WorkflowService.describeWorkerDeploymentVersion,
      .with {
        $0.namespace = "default"
        $0.version = "shop.1"
      }
    ).workerDeploymentVersionInfo
    XCTAssertEqual(version.taskQueueInfos.map(\.name), ["queue"])
  }

  func testTasksWaitForTheCurrentVersion() throws {
    var rig = ServerRig()
    let poll = rig.beginPoll(version: one)
    let run = try rig.start()
    XCTAssertNil(try rig.task(poll), "the version is not current yet")
    try makeCurrent(&rig, one)
    let task = try XCTUnwrap(rig.task(poll), "a task that waits follows the routing")
    try complete(&rig, task, as: one, .pinned)
    let completed = try XCTUnwrap(rig.history(run).last).workflowTaskCompletedEventAttributes
    XCTAssertEqual(completed.versioningBehavior, .pinned)
    XCTAssertEqual(completed.deploymentVersion, one.message)
    XCTAssertEqual(completed.workerDeploymentName, "shop")
    let record = try XCTUnwrap(rig.machine.executions[run]).record
    XCTAssertFalse(record.versioning.hasVersionTransition)
    XCTAssertEqual(record.versioning.revisionNumber, 1)
    let fields = record.searchAttributes.indexedFields
    XCTAssertEqual(fields["BuildIds"], .keywords(["pinned:shop:1"]))
    XCTAssertEqual(fields["TemporalWorkerDeployment"], .keyword("shop"))
    XCTAssertEqual(fields["TemporalWorkerDeploymentVersion"], .keyword("shop:1"))
    XCTAssertEqual(fields["TemporalWorkflowVersioningBehavior"], .keyword("Pinned"))
    XCTAssertEqual(fields["TemporalUsedWorkerDeploymentVersions"], .keywords(["shop:1"]))
    rig.checkRebuild()
  }

  func testPinnedRunsStayAndAutoUpgradeRunsMove() throws {
    for (behavior, expected) in [(VersioningBehavior.pinned, one), (.autoUpgrade, two)] {
      var rig = ServerRig()
      let first = rig.beginPoll(version: one)
      try makeCurrent(&rig, one)
      let run = try rig.start()
      try complete(&rig, XCTUnwrap(rig.task(first)), as: one, behavior)
      let polls = [one: rig.beginPoll(version: one), two: rig.beginPoll(version: two)]
      try makeCurrent(&rig, two)
      try rig.signal()
      let task = try XCTUnwrap(rig.task(XCTUnwrap(polls[expected])), "\(behavior)")
      XCTAssertEqual(rig.machine.executions[run]?.record.effectiveVersion, expected)
      try complete(&rig, task, as: expected, behavior)
      XCTAssertEqual(rig.machine.executions[run]?.record.versioning.deploymentVersion, expected.message)
    }
  }

  func testStickyRunLeavesItsWorkerWhenItsVersionIsOver() throws {
    var rig = ServerRig()
    let first = rig.beginPoll(version: one)
    try makeCurrent(&rig, one)
    try rig.start()
    let task = try XCTUnwrap(rig.task(first))
    try rig.complete(task) {
      $0.deploymentOptions = self.one.workerOptions
      $0.versioningBehavior = .autoUpgrade
      $0.stickyAttributes.workerTaskQueue.name = "sticky"
      $0.stickyAttributes.scheduleToStartTimeout = .init(seconds: 10)
    }
    let sticky = rig.beginPoll(sticky: "sticky", version: one)
    let new = rig.beginPoll(version: two)
    try makeCurrent(&rig, two)
    try rig.signal()
    XCTAssertNil(try rig.task(sticky))
    XCTAssertEqual(try rig.task(new)?.history.events.first?.eventID, 1)
  }

  func testOverrideSendsAWaitingTaskToItsVersion() throws {
    var rig = ServerRig()
    _ = rig.beginPoll(version: one)
    let second = rig.beginPoll(version: two)
    try makeCurrent(&rig, one)
    let run = try rig.start { request in
      request.versioningOverride.pinned.behavior = .pinned
      request.versioningOverride.pinned.version = self.two.message
    }
    XCTAssertNotNil(try rig.task(second))
    XCTAssertEqual(rig.machine.executions[run]?.record.effectiveBehavior, .pinned)
  }

  func testRunsThatFollowStayOnTheVersion() throws {
    for (behavior, isPinned) in [(VersioningBehavior.pinned, true), (.autoUpgrade, false)] {
      var rig = ServerRig()
      let poll = rig.beginPoll(version: one)
      try makeCurrent(&rig, one)
      let run = try rig.start()
      try rig.complete(
        XCTUnwrap(rig.task(poll)),
        .with {
          $0.commandType = .continueAsNewWorkflowExecution
          $0.continueAsNewWorkflowExecutionCommandAttributes = .init()
        }
      ) {
        $0.deploymentOptions = self.one.workerOptions
        $0.versioningBehavior = behavior
      }
      let next = try XCTUnwrap(rig.machine.executions[run]).record.newRunID
      let started = try XCTUnwrap(rig.machine.executions[next]).record.started
      XCTAssertEqual(started.hasInheritedPinnedVersion, isPinned)
      XCTAssertEqual(started.hasInheritedAutoUpgradeInfo, !isPinned)
      XCTAssertEqual(rig.machine.executions[next]?.record.effectiveVersion, one)
      rig.checkRebuild()
    }
  }

  func testRampSendsAShareOfTheRuns() throws {
    var rig = ServerRig()
    _ = rig.beginPoll(version: one)
    _ = rig.beginPoll(version: two)
    try makeCurrent(&rig, one)
    try rig.call(
      WorkflowService.setWorkerDeploymentRampingVersion,
      .with {
        $0.namespace = "default"
        $0.deploymentName = "shop"
        $0.buildID = "2"
        $0.percentage = 30
      })
    let routing = rig.machine.deployments.routing(
      of: QueueKey(namespace: "default", name: "queue", kind: .workflow))
    let share = (0..<1_000).filter { routing.version(for: "order-\($0)").version == two }.count
    XCTAssert((200...400).contains(share), "\(share) of 1000")
    XCTAssertEqual(routing.version(for: "order-7").version, routing.version(for: "order-7").version)
  }

  func testVersionsAreDeletedWhenNothingUsesThem() throws {
    var rig = ServerRig()
    let poll = rig.beginPoll(version: one)
    try makeCurrent(&rig, one)
    let delete = { (rig: inout ServerRig) in
      _ = try rig.call(
        WorkflowService.deleteWorkerDeploymentVersion,
        .with {
          $0.namespace = "default"
          $0.deploymentVersion = self.one.message
        })
    }
    XCTAssertEqual(
      refusal { try delete(&rig) }?.message, "version 'shop:1' cannot be deleted since it is current or ramping")
    _ = rig.beginPoll(version: two)
    try makeCurrent(&rig, two)
    XCTAssertEqual(
      refusal { try delete(&rig) }?.message, "version 'shop:1' cannot be deleted since it is draining")
    rig.advance(by: .seconds(181))
    XCTAssertEqual(
      refusal { try delete(&rig) }?.message, "version 'shop:1' cannot be deleted since it has active pollers")
    rig.expire(poll)
    rig.advance(by: .seconds(301))
    try delete(&rig)
    XCTAssertNil(rig.machine.deployments[DeploymentKey(namespace: "default", name: "shop")]?.versions["1"])
  }

  func testOnlyTheManagerChangesADeployment() throws {
    var rig = ServerRig()
    _ = rig.beginPoll(version: one)
    try rig.call(
      WorkflowService.setWorkerDeploymentManager,
      .with {
        $0.namespace = "default"
        $0.deploymentName = "shop"
        $0.managerIdentity = "boss"
        $0.identity = "me"
      })
    XCTAssertEqual(refusal { try self.makeCurrent(&rig, self.one) }?.code, .failedPrecondition)
  }
}
