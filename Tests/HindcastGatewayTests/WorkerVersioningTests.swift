#if GRPC
import Foundation
import HindcastApp
import HindcastCalls
import HindcastGateway
import HindcastHistory
import HindcastRegistry
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Workers of a deployment's versions against Temporal's own server.
final class WorkerVersioningTests: XCTestCase {
  private func configuration(
    _ deployment: String, build: String, _ behavior: String
  ) throws -> WorkerConfiguration {
    let yaml = """
      version: "1.0"
      namespace: app
      entries:
        - {name: client, kind: temporal.client, address: "localhost:7233"}
        - {name: os, kind: env.storage.os}
        - {name: build, kind: env.variable, variable: BUILD_ID, storage: "app:os"}
        - name: worker
          kind: temporal.worker
          client: app:client
          task_queue: \(deployment)
          lifecycle: {auto_start: true}
          worker_options:
            use_versioning: true
            deployment_name: \(deployment)
            build_id_env: app:build
            default_versioning_behavior: \(behavior)
            worker_stop_timeout: 5s
        - name: waits
          kind: workflow.lua
          source: file://waits.lua
          method: main
          meta: {temporal: {workflow: {worker: "app:worker"}}}
      """
    let lua = """
      local function main()
        process.listen("go"):receive()
        return "done"
      end
      return { main = main }
      """
    let registry = try Registry.load(
      .memory(["_index.yaml": yaml, "waits.lua": lua]), processEnvironment: ["BUILD_ID": build])
    var configuration = try XCTUnwrap(WorkerApp(registry: registry, from: "app").plans(client: nil).first).configuration
    configuration.identity = "build \(build)"
    return configuration
  }

  /// Makes a build current as soon as the server knows of it from its worker's polls.
  private func makeCurrent(_ build: String, of deployment: String, _ connection: GRPCConnection) async throws {
    for attempt in 1... {
      do {
        _ = try await connection.call(
          WorkflowService.setWorkerDeploymentCurrentVersion,
          .with {
            $0.namespace = "default"
            $0.deploymentName = deployment
            $0.buildID = build
            $0.identity = "test"
          })
        try await untilRouted(to: build, of: deployment, connection)
        return
      } catch let error as ServiceError
        where attempt < 300 && (error.code == .failedPrecondition || error.code == .notFound)
      {
        try await Task.sleep(for: .milliseconds(100))
      }
    }
  }

  /// Waits until the task queues know: the server tells them after it has answered.
  private func untilRouted(to build: String, of deployment: String, _ connection: GRPCConnection) async throws {
    while true {
      let info = try await connection.call(
        WorkflowService.describeWorkerDeployment,
        .with {
          $0.namespace = "default"
          $0.deploymentName = deployment
        }
      ).workerDeploymentInfo
      let isCurrent = info.routingConfig.currentDeploymentVersion.buildID == build
      if isCurrent, info.routingConfigUpdateState == .completed { return }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// The builds that completed the workflow's tasks, in order.
  private func builds(
    _ execution: Temporal_Api_Common_V1_WorkflowExecution, _ connection: GRPCConnection, untilClosed: Bool
  ) async throws -> [String] {
    try await connection.history(of: execution, in: "default", untilClosed: untilClosed).events.compactMap { event in
      guard case .workflowTaskCompletedEventAttributes(let completed)? = event.attributes else { return nil }
      return completed.deploymentVersion.buildID
    }
  }

  func testRunsStayOnTheirBuildOrMoveAsTheEntrySays() async throws {
    let server = try await DevServer.shared.value
    let connection = try await GRPCConnection.connect(to: server.address)
    defer { Task { await connection.close() } }
    for (behavior, expected) in [("pinned", ["1.0", "1.0"]), ("auto_upgrade", ["1.0", "2.0"])] {
      let deployment = "shop-\(UUID().uuidString.lowercased())"
      let execution = Temporal_Api_Common_V1_WorkflowExecution.with { $0.workflowID = deployment }
      let one = Worker(try configuration(deployment, build: "1.0", behavior), connection: connection)
      let two = Worker(try configuration(deployment, build: "2.0", behavior), connection: connection)
      var runs = [Task { try await one.run() }]
      defer { for run in runs { run.cancel() } }

      try await makeCurrent("1.0", of: deployment, connection)
      _ = try await connection.call(
        WorkflowService.startWorkflowExecution,
        .with {
          $0.namespace = "default"
          $0.workflowID = deployment
          $0.workflowType.name = "app:waits"
          $0.taskQueue.name = deployment
          $0.requestID = deployment
        })
      while try await builds(execution, connection, untilClosed: false).isEmpty {
        try await Task.sleep(for: .milliseconds(50))
      }
      runs.append(Task { try await two.run() })
      try await makeCurrent("2.0", of: deployment, connection)
      _ = try await connection.call(
        WorkflowService.signalWorkflowExecution,
        .with {
          $0.namespace = "default"
          $0.workflowExecution = execution
          $0.signalName = "go"
        })
      let seen = try await builds(execution, connection, untilClosed: true)
      XCTAssertEqual(seen, expected, behavior)
      let info = try await connection.call(
        WorkflowService.describeWorkflowExecution,
        .with {
          $0.namespace = "default"
          $0.execution = execution
        }
      ).workflowExecutionInfo.versioningInfo
      XCTAssertEqual(info.deploymentVersion.buildID, expected.last)
      XCTAssertEqual(info.deploymentVersion.deploymentName, deployment)
      XCTAssertEqual(info.behavior, behavior == "pinned" ? .pinned : .autoUpgrade)
      for run in runs { run.cancel() }
      for run in runs { try await run.value }
    }
  }
}
#endif
