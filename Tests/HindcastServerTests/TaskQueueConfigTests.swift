import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// What operators set of task queues; what is expected here the dev server 1.32.0 answered.
final class TaskQueueConfigTests: XCTestCase {
  private func update(
    _ rig: inout ServerRig, _ change: (inout TaskQueueConfigRequest) -> Void
  ) throws -> TaskQueueConfig {
    var request = TaskQueueConfigRequest.with {
      $0.namespace = "default"
      $0.taskQueue = "queue"
      $0.taskQueueType = .activity
      $0.identity = "me"
    }
    change(&request)
    return try rig.call(WorkflowService.updateTaskQueueConfig, request).config
  }

  private func describe(
    _ rig: inout ServerRig
  ) throws -> Temporal_Api_Workflowservice_V1_DescribeTaskQueueResponse {
    try rig.call(
      WorkflowService.describeTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "queue"
        $0.taskQueueType = .activity
        $0.reportConfig = true
      })
  }

  private func polls(_ count: Int, _ rig: inout ServerRig, perSecond: Double) -> [CallID] {
    (0..<count).map { _ in
      rig.begin(
        WorkflowService.pollActivityTaskQueue,
        .with {
          $0.namespace = "default"
          $0.taskQueue.name = "queue"
          $0.taskQueueMetadata.maxTasksPerSecond = .init(perSecond)
        })
    }
  }

  func testTheRateOfOperatorsOutranksThatOfWorkers() throws {
    var rig = ServerRig()
    XCTAssertEqual(try describe(&rig).effectiveRateLimit.rateLimitSource, .system)
    let config = try update(&rig) {
      $0.updateQueueRateLimit.rateLimit.requestsPerSecond = 2
      $0.updateQueueRateLimit.reason = "busy"
    }
    XCTAssertEqual(config.queueRateLimit.rateLimit.requestsPerSecond, 2)
    XCTAssertEqual(config.queueRateLimit.metadata.reason, "busy")
    XCTAssertEqual(config.queueRateLimit.metadata.updateIdentity, "me")
    XCTAssertEqual(config.queueRateLimit.metadata.updateTime, rig.now.nanoseconds.timestamp)
    XCTAssertEqual(try describe(&rig).config, config)
    XCTAssertEqual(try describe(&rig).effectiveRateLimit.requestsPerSecond, 2)
    XCTAssertEqual(try describe(&rig).effectiveRateLimit.rateLimitSource, .api)

    try rig.start()
    try rig.complete(rig.pollTask()) { $0.commands = (0..<10).map { .scheduleActivity("\($0)") } }
    let polls = polls(10, &rig, perSecond: 100)
    func answered() -> Int { polls.filter { rig.answers[$0] != nil }.count }
    XCTAssertEqual(answered(), 2)
    rig.advance(by: .milliseconds(1_001))
    XCTAssertEqual(answered(), 4)
    // Taken back, that of the workers holds again.
    _ = try update(&rig) { $0.updateQueueRateLimit.reason = "over" }
    XCTAssertEqual(answered(), 10)
    XCTAssertEqual(try describe(&rig).effectiveRateLimit.rateLimitSource, .system)
  }

  func testWeightsAreSetAndUnset() throws {
    var rig = ServerRig()
    _ = try update(&rig) { $0.setFairnessWeightOverrides = ["a": 2.5, "b": 1] }
    let config = try update(&rig) {
      $0.unsetFairnessWeightOverrides = ["b"]
      $0.updateFairnessKeyRateLimitDefault.rateLimit.requestsPerSecond = 5
    }
    XCTAssertEqual(config.fairnessWeightOverrides, ["a": 2.5])
    XCTAssertEqual(config.fairnessKeysRateLimitDefault.rateLimit.requestsPerSecond, 5)
  }

  func testWhatMakesNoSenseIsRefused() throws {
    let cases: [((inout TaskQueueConfigRequest) -> Void, String)] = [
      (
        {
          $0.taskQueueType = .workflow
          $0.updateQueueRateLimit.rateLimit.requestsPerSecond = 5
        }, "Setting rate limit on workflow task queues is not allowed."
      ),
      (
        { $0.updateQueueRateLimit.rateLimit.requestsPerSecond = -5 },
        "RequestsPerSecond for UpdateQueueRateLimit rate limit must be non-negative."
      ),
      (
        {
          $0.taskQueueType = .workflow
          $0.updateFairnessKeyRateLimitDefault.rateLimit.requestsPerSecond = 5
        }, "Setting fairness key rate limit on workflow task queues is not allowed."
      ),
      (
        {
          $0.setFairnessWeightOverrides = ["a": 1]
          $0.unsetFairnessWeightOverrides = ["a"]
        }, "fairness weight override key \"a\" present in both set and unset lists"
      ),
      (
        { $0.setFairnessWeightOverrides = ["a": -1] },
        "invalid fairness weight weight for key \"a\": must be greater than zero"
      ),
      ({ $0.namespace = "nowhere" }, "Namespace nowhere is not found."),
    ]
    for (change, message) in cases {
      var rig = ServerRig()
      XCTAssertThrowsError(try update(&rig, change)) { XCTAssertEqual(($0 as? ServiceError)?.message, message) }
    }
  }

  func testARestoredQueueKeepsItsRate() throws {
    var rig = ServerRig()
    var stored: [String: Data] = [:]
    rig.watch = { turn in
      for case .record(.taskQueue, _, let key, let record?) in turn.writes {
        stored[key] = try? record.serializedBytes() as Data
      }
    }
    let config = try update(&rig) { $0.updateQueueRateLimit.rateLimit.requestsPerSecond = 3 }
    var restorer = ServerRestorer(ids: IDSource(seed: 9))
    for (key, record) in stored { try restorer.add(.taskQueue, owner: "default", key: key, record) }
    try restorer.add(
      .namespace, owner: "", key: "default",
      Data(NamespaceRecord.with { $0.name = "default" }.serializedBytes() as [UInt8]))
    rig.machine = restorer.finish()
    XCTAssertEqual(try describe(&rig).config, config)
    XCTAssertEqual(try describe(&rig).effectiveRateLimit.requestsPerSecond, 3)
  }

  func testAQueueWithoutVersionsIsReachable() throws {
    var rig = ServerRig()
    XCTAssertEqual(try describe(&rig).versioningInfo.currentVersion, "__unversioned__")
    for reports in [true, false] {
      let description = try rig.call(
        WorkflowService.describeTaskQueue,
        .with {
          $0.namespace = "default"
          $0.taskQueue.name = "queue"
          $0.apiMode = .enhanced
          $0.reportTaskReachability = reports
        })
      XCTAssertEqual(description.versionsInfo[""]?.taskReachability, reports ? .reachable : .unspecified)
    }
  }
}

/// Calls that the real server knows and refuses.
final class RefusedCallTests: XCTestCase {
  func testTheyAreRefusedInTheRealServersWords() {
    let cases: [(method: String, code: ServiceError.Code, message: String)] = [
      (
        "GetWorkerBuildIdCompatibility", .permissionDenied,
        "Worker versioning v0.1 (Version Set-based, deprecated) is disabled on this namespace."
      ),
      (
        "GetWorkerTaskReachability", .permissionDenied,
        "Worker versioning v0.2 (Rules-based, deprecated) is disabled on this namespace."
      ),
      (
        "ListDeployments", .unimplemented,
        "Deployments are deprecated and no longer supported, use Worker Deployments instead"
      ),
      ("TriggerWorkflowRule", .unimplemented, "method TriggerWorkflowRule not supported"),
      ("PollNexusOperationExecution", .unimplemented, "Standalone Nexus operation is disabled"),
      ("BrewCoffee", .unimplemented, "unknown method BrewCoffee for service \(WorkflowService.name)"),
    ]
    for (name, code, message) in cases {
      var rig = ServerRig()
      let call = rig.begin(MethodName(service: WorkflowService.name, name: name), Google_Protobuf_Empty())
      guard case .failure(let error)? = rig.answers[call] else { return XCTFail("\(name) was not refused") }
      XCTAssertEqual(error.code, code, name)
      XCTAssertEqual(error.message, message, name)
    }
  }

  func testAServiceThatNobodyHasIsNamed() {
    let method = MethodName(service: "coffee.v1.Machine", name: "Brew")
    XCTAssertThrowsError(try ServerMachine.request(of: method, from: Data())) {
      XCTAssertEqual(($0 as? ServiceError)?.message, "unknown service coffee.v1.Machine")
    }
  }

  func testBytesThatAreNoRequestAreTheCallersFault() {
    let method = MethodName(WorkflowService.startWorkflowExecution)
    XCTAssertThrowsError(try ServerMachine.request(of: method, from: Data([0x0a, 0xff, 0xff]))) {
      XCTAssertEqual(($0 as? ServiceError)?.code, .internal)
      XCTAssertTrue("\($0)".contains("grpc: error unmarshalling request"), "\($0)")
    }
  }
}
