import Foundation
import HindcastCalls
import HindcastHistory
import HindcastTestSupport
import Metrics
import MetricsTestKit
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastWorker

/// What a worker counts and measures, under which names.
final class WorkerMetricsTests: XCTestCase {
  private static func tags(_ workerType: String, workflow: String = "none", activity: String = "none") -> [(
    String, String
  )] {
    [
      ("namespace", "space"), ("client_name", "hindcast"), ("task_queue", "queue"), ("worker_type", workerType),
      ("workflow_type", workflow), ("activity_type", activity),
    ]
  }

  private static func requestTags(_ operation: String, _ more: [(String, String)] = []) -> [(String, String)] {
    [
      ("namespace", "space"), ("client_name", "hindcast"), ("task_queue", "none"), ("worker_type", "none"),
      ("workflow_type", "none"), ("activity_type", "none"), ("operation", operation),
    ] + more
  }

  func testActivitiesAreCountedAndMeasured() async throws {
    let metrics = TestMetrics()
    let service = ScriptedService()
    let activities = ActivityTable([
      "good": { _ in nil },
      "bad": { _ in throw ActivityError.failed(.with { $0.message = "no" }) },
    ])
    func task(_ type: String) -> ActivityPoll {
      .with {
        $0.taskToken = Data(type.utf8)
        $0.activityType.name = type
        $0.workflowType.name = "order"
        $0.scheduledTime.seconds = 90
        $0.currentAttemptScheduledTime.seconds = 97
        $0.startedTime.seconds = 100
      }
    }
    try await withWorker(on: service, activities: activities) {
      $0.metrics = metrics
      $0.maximumConcurrentActivities = 5
    } _: {
      service.offer(task("good"))
      _ = try await service.request(Temporal_Api_Workflowservice_V1_RespondActivityTaskCompletedRequest.self)
      service.offer(task("bad"))
      _ = try await service.request(Temporal_Api_Workflowservice_V1_RespondActivityTaskFailedRequest.self)
      service.offer(task("unknown"))
      _ = try await service.request(Temporal_Api_Workflowservice_V1_RespondActivityTaskFailedRequest.self)
    }
    func tags(_ type: String) -> [(String, String)] {
      Self.tags("ActivityWorker", workflow: "order", activity: type)
    }
    for type in ["good", "bad", "unknown"] {
      let waited = try metrics.expectTimer("temporal_activity_schedule_to_start_latency", tags(type))
      XCTAssertEqual(waited.values, [3_000_000_000], "by the server's clock")
      XCTAssertEqual(try metrics.expectTimer("temporal_activity_execution_latency", tags(type)).values.count, 1)
    }
    let succeeded = try metrics.expectTimer("temporal_activity_succeed_endtoend_latency", tags("good"))
    XCTAssertEqual(succeeded.values.count, 1)
    XCTAssertGreaterThanOrEqual(succeeded.values[0], 10_000_000_000)
    XCTAssertEqual(metrics.timers(label: "temporal_activity_succeed_endtoend_latency").count, 1)
    for type in ["bad", "unknown"] {
      XCTAssertEqual(try metrics.expectCounter("temporal_activity_execution_failed", tags(type)).totalValue, 1)
    }
    XCTAssertEqual(metrics.counters(label: "temporal_activity_execution_failed").count, 2)
    XCTAssertEqual(
      try metrics.expectCounter("temporal_unregistered_activity_invocation", tags("unknown")).totalValue, 1)

    let used = try metrics.expectGauge("temporal_worker_task_slots_used", Self.tags("ActivityWorker"))
    // A task counts until its answer has come back, when the next one may have begun.
    XCTAssertEqual(used.values.count, 6)
    XCTAssertEqual(used.values.first, 1)
    XCTAssertEqual(used.values.last, 0)
    let free = try metrics.expectGauge("temporal_worker_task_slots_available", Self.tags("ActivityWorker"))
    XCTAssertEqual(free.values.first, 4, "a poll takes a slot")
    XCTAssertEqual(free.values.last, 5)
    let polls = try metrics.expectGauge(
      "temporal_num_pollers", Self.tags("none") + [("poller_type", "activity_task")])
    XCTAssertEqual(polls.values.first, 1)
    XCTAssertEqual(polls.values.last, 0)
  }

  func testCallsAreCountedByTheirOutcome() async throws {
    let metrics = TestMetrics()
    let service = ScriptedService { request in
      guard request is Temporal_Api_Workflowservice_V1_RespondActivityTaskCompletedRequest else { return nil }
      throw ServiceError(.invalidArgument, "no")
    }
    try await withWorker(on: service, activities: ActivityTable(["good": { _ in nil }])) {
      $0.metrics = metrics
    } _: {
      service.offer(
        ActivityPoll.with {
          $0.taskToken = Data("token".utf8)
          $0.activityType.name = "good"
        })
      _ = try await service.request(Temporal_Api_Workflowservice_V1_RespondActivityTaskFailedRequest.self)
    }
    let refused = Self.requestTags("RespondActivityTaskCompleted")
    XCTAssertEqual(try metrics.expectCounter("temporal_request", refused).totalValue, 1)
    XCTAssertEqual(try metrics.expectTimer("temporal_request_latency", refused).values.count, 1)
    XCTAssertEqual(
      try metrics.expectCounter(
        "temporal_request_failure", refused + [("status_code", "INVALID_ARGUMENT")]
      ).totalValue, 1)
    XCTAssertEqual(
      try metrics.expectCounter("temporal_request", Self.requestTags("RespondActivityTaskFailed")).totalValue, 1)
    XCTAssertEqual(
      try metrics.expectCounter("temporal_long_request", Self.requestTags("PollActivityTaskQueue")).totalValue, 2)
    XCTAssertEqual(
      try metrics.expectCounter(
        "temporal_long_request_failure",
        Self.requestTags("PollActivityTaskQueue", [("status_code", "CANCELLED")])
      ).totalValue, 1, "the poll that ends with the worker")
  }

  func testWorkflowTasksAreCountedByTheirOutcome() async throws {
    let recording = try Recording([.timer(1)])
    let metrics = TestMetrics()
    let service = ScriptedService()
    func task(_ number: Int) -> WorkflowPoll {
      var task = recording.task(number)
      task.scheduledTime.seconds = 100
      task.startedTime.seconds = 102
      return task
    }
    try await withWorker(on: service, workflows: ScriptedCode([.timer(1)])) {
      $0.metrics = metrics
      $0.maximumConcurrentWorkflowTasks = 3
    } _: {
      service.offer(task(1))
      _ = try await service.request(TaskCompleted.self)
      service.offer(task(2))
      _ = try await service.request(TaskCompleted.self)
      var stranger = task(1)
      stranger.workflowType.name = "stranger"
      stranger.history.events[0].workflowExecutionStartedEventAttributes.workflowType.name = "stranger"
      stranger.workflowExecution.runID = "another"
      service.offer(stranger)
      _ = try await service.request(TaskFailed.self)
    }
    let tags = Self.tags("WorkflowWorker", workflow: "workflow")
    XCTAssertEqual(
      try metrics.expectCounter("temporal_workflow_task_queue_poll_succeed", Self.tags("WorkflowWorker")).totalValue, 3)
    XCTAssertEqual(
      try metrics.expectTimer("temporal_workflow_task_schedule_to_start_latency", tags).values,
      [2_000_000_000, 2_000_000_000])
    XCTAssertEqual(try metrics.expectTimer("temporal_workflow_task_execution_latency", tags).values.count, 2)
    XCTAssertEqual(try metrics.expectCounter("temporal_workflow_completed", tags).totalValue, 1)
    XCTAssertEqual(
      try metrics.expectCounter(
        "temporal_workflow_task_execution_failed",
        Self.tags("WorkflowWorker", workflow: "stranger") + [("failure_reason", "WorkflowError")]
      ).totalValue, 1)
    let used = try metrics.expectGauge("temporal_worker_task_slots_used", Self.tags("WorkflowWorker"))
    // A task counts until its answer has come back, when the next one may have begun.
    XCTAssertEqual(used.values.count, 6)
    XCTAssertEqual(used.values.first, 1)
    XCTAssertEqual(used.values.last, 0)
    XCTAssertEqual(
      try metrics.expectGauge("temporal_worker_task_slots_available", Self.tags("WorkflowWorker")).values.last, 3)
  }

  func testPollsWithoutATaskAreCounted() async throws {
    let metrics = TestMetrics()
    let service = ScriptedService { request in
      request is Temporal_Api_Workflowservice_V1_PollActivityTaskQueueRequest ? ActivityPoll() : nil
    }
    try await withWorker(on: service, activities: ActivityTable(["good": { _ in nil }])) {
      $0.metrics = metrics
    } _: {
      for _ in 1...3 {
        _ = try await service.request(Temporal_Api_Workflowservice_V1_PollActivityTaskQueueRequest.self)
      }
    }
    XCTAssertGreaterThanOrEqual(
      try metrics.expectCounter("temporal_activity_poll_no_task", Self.tags("ActivityWorker")).totalValue, 2)
  }

  func testNothingIsEvaluatedWhereNobodyListens() {
    // The process has no backend.
    XCTAssertTrue(MetricsSystem.factory is NOOPMetricsHandler)
    let metrics = WorkerMetrics(nil, namespace: "space")
    func tags() -> MetricTags {
      XCTFail("this costs time for nothing")
      return MetricTags()
    }
    metrics.count(.request, tags())
    metrics.add(1, to: .pollers, tags())
    metrics.set(.slotsAvailable, to: 1, tags())
    metrics.record(.requestLatency, .seconds(1), tags())
    metrics.record(.requestLatency, since: metrics.start(), tags())
    XCTAssertTrue(WorkerMetrics(TestMetrics(), namespace: "space").isOn)
  }
}
