import XCTest

@testable import HindcastRegistry

final class TemporalWorkerTests: XCTestCase {
  private let client = "  - {name: client, kind: temporal.client, address: a}\n"

  /// Worker options, one a line from line 9 on, and what is said of them.
  private let table: [(options: [String], problems: [String])] = [
    (
      ["max_concurent_activity_execution_size: 5"],
      [
        "_index.yaml:9:7: error: app:worker: unknown field 'worker_options.max_concurent_activity_execution_size' (did you mean 'max_concurrent_activity_execution_size'?)"
      ]
    ),
    (
      ["maxConcurrentActivityTaskPollers: 5"],
      [
        "_index.yaml:9:7: error: app:worker: unknown field 'worker_options.maxConcurrentActivityTaskPollers' (did you mean 'max_concurrent_activity_task_pollers'?)"
      ]
    ),
    (
      ["max_concurrent_activity_execution_size: -1", "max_concurrent_workflow_task_execution_size: -1"],
      [
        "_index.yaml:9:47: warning: app:worker: max concurrent activity execution size must be > 0 (the runtime uses 1000)",
        "_index.yaml:10:52: warning: app:worker: max concurrent workflow task execution size must be > 0 (the runtime uses 1000)",
      ]
    ),
    (
      ["max_concurrent_workflow_task_pollers: 1"],
      [
        "_index.yaml:9:45: error: app:worker: max concurrent workflow task pollers cannot be 1 (one poller serves the queue and one the sticky queue, so write 2 or more)"
      ]
    ),
    (
      [
        "worker_activities_per_second: -0.5", "worker_local_activities_per_second: -1",
        "task_queue_activities_per_second: -2",
      ],
      [
        "_index.yaml:9:37: error: app:worker: worker activities per second cannot be negative",
        "_index.yaml:10:43: error: app:worker: worker local activities per second cannot be negative",
        "_index.yaml:11:41: error: app:worker: task queue activities per second cannot be negative",
      ]
    ),
    (
      ["disable_workflow_worker: true", "local_activity_worker_only: true"],
      [
        "_index.yaml:10:35: error: app:worker: cannot disable workflow worker and use local activity worker only simultaneously"
      ]
    ),
    (
      ["deadlock_detection_timeout: 5"],
      [
        "_index.yaml:9:35: error: app:worker: invalid deadlock_detection_timeout: must be a duration string such as \"10s\", got an integer (write \"5s\" for seconds or \"5ms\" for milliseconds)"
      ]
    ),
    (
      ["default_versioning_behavior: pined"],
      [
        "_index.yaml:9:36: warning: app:worker: worker_options.default_versioning_behavior cannot be 'pined' (did you mean 'pinned'?)"
      ]
    ),
    (
      ["identity: [a]", "use_versioning: 1", "max_concurrent_activity_task_pollers: 2.5"],
      [
        "_index.yaml:9:17: error: app:worker: worker_options.identity must be a string, got a list",
        "_index.yaml:10:23: error: app:worker: worker_options.use_versioning must be true or false, got an integer",
        "_index.yaml:11:45: error: app:worker: worker_options.max_concurrent_activity_task_pollers must be an integer, got a number",
      ]
    ),
    (["max_concurrent_activity_task_pollers: 3.0", "sticky_schedule_to_start_timeout: 0s", "build_id:"], []),
  ]

  func testReportsEveryWrongOptionWhereItIs() {
    for (options, expected) in table {
      let entry =
        ["- name: worker", "  kind: temporal.worker", "  client: app:client", "  task_queue: q", "  worker_options:"]
        + options.map { "    " + $0 }
      let text = client + entry.map { "  " + $0 }.joined(separator: "\n")
      XCTAssertEqual(problems(inEntries: text), expected, options.joined(separator: " · "))
    }
  }

  func testReportsWrongReferences() {
    let table: [(fields: String, problems: [String])] = [
      (
        "task_queue: q",
        [
          "_index.yaml:4:5: error: app:worker: client reference is required (for example client: app:temporal_client)"
        ]
      ),
      ("client: app:client", ["_index.yaml:4:5: error: app:worker: task queue is required"]),
      (
        "client: app:cleint, task_queue: q",
        [
          "_index.yaml:4:51: error: app:worker: client app:cleint does not exist (did you mean 'app:client'?)"
        ]
      ),
      (
        "client: other:thing, task_queue: q",
        [
          "_index.yaml:4:51: error: app:worker: client other:thing does not exist (the only temporal.client is app:client)"
        ]
      ),
      (
        "client: app:worker, task_queue: q",
        [
          "_index.yaml:4:51: error: app:worker: client must be a temporal.client, but app:worker is a temporal.worker"
        ]
      ),
      (
        "client: 5, task_queue: q",
        [
          "_index.yaml:4:51: error: app:worker: client must be an entry ID (namespace:name), got an integer"
        ]
      ),
    ]
    for (fields, expected) in table {
      XCTAssertEqual(
        problems(inEntries: client + "  - {name: worker, kind: temporal.worker, \(fields)}"), expected, fields)
    }
  }

  func testReadsEveryOption() throws {
    // Every row of the table gets a value that is not its default.
    let rows = TemporalWorkerOptions.fields.map(\.descriptor)
    let values = ["string": "x", "integer": "7", "number": "2.5", "duration": "3s", "boolean": "true"]
    let lines = rows.filter { $0.name != "local_activity_worker_only" && $0.name != "build_id_env" }.map {
      "      \($0.name): \(values[$0.type] ?? "auto_upgrade")"
    }
    let text = index(
      client + "  - name: worker\n    kind: temporal.worker\n    client: app:client\n    task_queue: q\n"
        + "    worker_options:\n" + lines.joined(separator: "\n"))
    let options = try XCTUnwrap(
      try Registry.load(.memory(["_index.yaml": text]), processEnvironment: [:]).workers.first
    ).options

    var expected = TemporalWorkerOptions()
    expected.identity = "x"
    expected.maxConcurrentActivityExecutionSize = 7
    expected.maxConcurrentWorkflowTaskExecutionSize = 7
    expected.maxConcurrentLocalActivityExecutionSize = 7
    expected.maxConcurrentSessionExecutionSize = 7
    expected.maxConcurrentEagerActivityExecutionSize = 7
    expected.maxConcurrentActivityTaskPollers = 7
    expected.maxConcurrentWorkflowTaskPollers = 7
    expected.workerActivitiesPerSecond = 2.5
    expected.workerLocalActivitiesPerSecond = 2.5
    expected.taskQueueActivitiesPerSecond = 2.5
    expected.stickyScheduleToStartTimeout = .seconds(3)
    expected.workerStopTimeout = .seconds(3)
    expected.deadlockDetectionTimeout = .seconds(3)
    expected.maxHeartbeatThrottleInterval = .seconds(3)
    expected.defaultHeartbeatThrottleInterval = .seconds(3)
    expected.enableLoggingInReplay = true
    expected.enableSessionWorker = true
    expected.disableWorkflowWorker = true
    expected.disableEagerActivities = true
    expected.disableRegistrationAliasing = true
    expected.useVersioning = true
    expected.deploymentName = "x"
    expected.buildID = "x"
    expected.defaultVersioningBehavior = .autoUpgrade
    XCTAssertEqual(options, expected)
  }

  /// The table that reads the fields is the one that documents them.
  func testReferenceTablesSayWhatIsRead() {
    for kind in EntryKind.allCases {
      for field in kind.fields + kind.fields.flatMap(\.fields) {
        XCTAssertFalse(field.summary.isEmpty || field.summary.hasSuffix("."), "\(kind.rawValue) \(field.name)")
      }
      XCTAssertTrue(kind.fields.contains { $0.name == "meta" }, kind.rawValue)
    }
    let options = EntryKind.temporalWorker.fields.first { $0.name == "worker_options" }?.fields ?? []
    XCTAssertEqual(options.count, 27)
    XCTAssertEqual(options.first { $0.name == "sticky_schedule_to_start_timeout" }?.defaultValue, "5s")
    XCTAssertEqual(options.first { $0.name == "max_concurrent_session_execution_size" }?.defaultValue, "1000")
    XCTAssertEqual(options.first { $0.name == "default_versioning_behavior" }?.type, "pinned | auto_upgrade")
    let client = EntryKind.temporalClient.fields
    XCTAssertEqual(client.first { $0.name == "namespace" }?.defaultValue, "\"default\"")
    XCTAssertEqual(client.first { $0.name == "auth" }?.fields.first { $0.name == "api_key" }?.isSecret, true)
  }
}
