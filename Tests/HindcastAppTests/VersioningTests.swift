import HindcastApp
import HindcastCalls
import HindcastCore
import HindcastHistory
import HindcastService
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Workers that belong to a deployment version.
final class VersioningTests: XCTestCase {
  /// A workflow that waits for a signal, and then tells its build.
  private func app(build: String, _ behavior: String, environment: [String: String] = [:]) -> AppText {
    AppText(
      options: [
        "use_versioning: true", "deployment_name: shop", build, "default_versioning_behavior: \(behavior)",
      ],
      workflows: [
        "waits": """
        process.listen("go"):receive()
        return "done"
        """
      ],
      activities: ["unused": "return nil"],
      entries: """
          - name: os
            kind: env.storage.os
          - name: build
            kind: env.variable
            variable: BUILD_ID
            storage: app:os
        """, environment: environment)
  }

  private func makeCurrent(_ build: String, on rig: AppRig) async throws {
    // The version is known once its worker polls.
    try await rig.connection.wait(for: "polls of \(build)") { traffic in
      traffic.requests(WorkflowService.pollWorkflowTaskQueue).contains {
        $0.deploymentOptions.buildID == build && $0.taskQueue.kind == .normal
      }
    }
    while true {
      do {
        _ = try await rig.service.call(
          WorkflowService.setWorkerDeploymentCurrentVersion,
          .with {
            $0.namespace = "default"
            $0.deploymentName = "shop"
            $0.buildID = build
            $0.identity = "test"
          })
        return
      } catch let error as ServiceError where error.code == .failedPrecondition || error.code == .notFound {
        await Task.yield()
      }
    }
  }

  private func version(of id: String, on rig: AppRig) async throws -> String {
    try await rig.service.call(
      WorkflowService.describeWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.execution.workflowID = id
      }
    ).workflowExecutionInfo.versioningInfo.deploymentVersion.buildID
  }

  /// The builds whose workers completed the workflow's tasks, in order.
  private func builds(of id: String, on rig: AppRig) async throws -> [String] {
    try await rig.history(of: id).compactMap { event in
      guard case .workflowTaskCompletedEventAttributes(let completed)? = event.attributes else { return nil }
      return completed.deploymentVersion.buildID
    }
  }

  func testRunsStayOnTheirBuildOrMoveAsTheEntrySays() async throws {
    let cases: [(behavior: String, expected: VersioningBehavior, builds: [String])] = [
      ("pinned", .pinned, ["1", "1"]), ("auto_upgrade", .autoUpgrade, ["1", "2"]),
    ]
    for (behavior, expected, builds) in cases {
      let service = TemporalService(seed: 1)
      try await withApp(app(build: "build_id: \"1\"", behavior), on: service) { one in
        try await makeCurrent("1", on: one)
        try await one.start("app:waits")
        // Until its first task is over, the worker may get the next one with the answer.
        try await one.untilHistory { $0.contains { $0.eventType == .workflowTaskCompleted } }
        try await withApp(
          app(build: "build_id_env: app:build", behavior, environment: ["BUILD_ID": "2"]), on: service
        ) { two in
          try await makeCurrent("2", on: two)
          try await one.signal("go", "1")
          let result = try await one.result()
          XCTAssertEqual(result, "\"done\"")
          let seen = try await self.builds(of: "workflow-1", on: one)
          XCTAssertEqual(seen, builds, behavior)
          let version = try await self.version(of: "workflow-1", on: one)
          XCTAssertEqual(version, builds.last)
          let completed = one.connection.traffic.requests(WorkflowService.respondWorkflowTaskCompleted)
          XCTAssertEqual(Set(completed.map(\.versioningBehavior)), [expected])
          // New runs go to the new build, whatever becomes of the old ones.
          try await one.start("app:waits", id: "later")
          try await one.signal("go", "1", to: "later")
          _ = try await one.result(of: "later")
          let later = try await self.builds(of: "later", on: one)
          XCTAssertEqual(Set(later), ["2"])
        }
      }
    }
  }

  func testPollsAndAnswersSayTheVersion() async throws {
    try await withApp(app(build: "build_id: \"7\"", "pinned")) { rig in
      try await makeCurrent("7", on: rig)
      try await rig.connection.requests(WorkflowService.pollActivityTaskQueue)
      let traffic = rig.connection.traffic
      let polls =
        traffic.requests(WorkflowService.pollWorkflowTaskQueue).map(\.deploymentOptions)
        + traffic.requests(WorkflowService.pollActivityTaskQueue).map(\.deploymentOptions)
      for options in polls {
        XCTAssertEqual(options.deploymentName, "shop")
        XCTAssertEqual(options.buildID, "7")
        XCTAssertEqual(options.workerVersioningMode, .versioned)
      }
    }
  }

  func testVersionsThatTheServerWouldRefuseAreRefusedAtOnce() {
    let base = ["use_versioning: true"]
    let cases: [(options: [String], message: String)] = [
      (base, "_index.yaml:7:5: worker app:worker has use_versioning: true but no deployment_name"),
      (base + ["deployment_name: shop"], "no build_id; write build_id"),
      (base + ["deployment_name: shop", "build_id_env: NONE"], "no build_id; the variable NONE is not set"),
      (
        base + ["deployment_name: shop", "build_id: a"], "no default_versioning_behavior; write pinned or auto_upgrade"
      ),
    ]
    for (options, message) in cases {
      XCTAssertThrowsError(try AppText(options: options).load().plans(client: nil)) { error in
        XCTAssertTrue("\(error)".contains(message), "\(error)")
      }
    }
    for options in [
      ["use_versioning: false", "default_versioning_behavior: pinned", "build_id: a"],
      base + ["deployment_name: shop", "build_id: a", "disable_workflow_worker: true"],
    ] {
      XCTAssertNoThrow(try AppText(options: options).load().plans(client: nil))
    }
  }
}

private typealias VersioningBehavior = Temporal_Api_Enums_V1_VersioningBehavior
