import HindcastCalls
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Task queues and workers as clients see them.
final class TaskQueueTests: XCTestCase {
  private let key = QueueKey(namespace: "n", name: "q", kind: .workflow)

  func testTasksMeetPollsInOrder() {
    var queues = TaskQueues()
    for number in 0..<3 { queues.add(.workflowTask(runID: "\(number)", stamp: 1), to: key, at: 0) }
    for number in 0..<3 {
      queues.add(PollWaiter(call: CallID(UInt64(number)), identity: "", queue: .init()), to: key)
    }
    var met: [String] = []
    while let match = queues.nextMatch(at: 0) {
      guard case .workflowTask(let run, _) = match.task else { continue }
      met.append("\(run) \(match.poll.call.number)")
    }
    XCTAssertEqual(met, ["0 0", "1 1", "2 2"])
  }

  /// Ten times the tasks must not take much more than ten times the time.
  func testLongQueuesStayFast() {
    func drain(_ count: Int) -> Duration {
      var queues = TaskQueues()
      for number in 0..<count { queues.add(.query(id: "\(number)"), to: key, at: 0) }
      return ContinuousClock().measure {
        for number in 0..<count {
          queues.add(PollWaiter(call: CallID(UInt64(number)), identity: "", queue: .init()), to: key)
          XCTAssertNotNil(queues.nextMatch(at: 0))
        }
      }
    }
    _ = drain(1_000)
    XCTAssertLessThan(drain(20_000), drain(2_000) * 40)
  }

  func testDescriptionOfAQueue() throws {
    var rig = ServerRig()
    try rig.start("one")
    rig.advance(by: .seconds(3))
    try rig.start("two")
    let request = Temporal_Api_Workflowservice_V1_DescribeTaskQueueRequest.with {
      $0.namespace = "default"
      $0.taskQueue.name = "queue"
      $0.reportStats = true
    }
    let before = try rig.call(WorkflowService.describeTaskQueue, request)
    XCTAssertEqual(before.stats.approximateBacklogCount, 2)
    XCTAssertEqual(before.stats.approximateBacklogAge.seconds, 3)
    XCTAssert(before.pollers.isEmpty)
    _ = try rig.pollTask()
    let after = try rig.call(WorkflowService.describeTaskQueue, request)
    XCTAssertEqual(after.stats.approximateBacklogCount, 1)
    XCTAssertEqual(after.pollers.map(\.identity), ["worker"])
    XCTAssertEqual(after.pollers.first?.lastAccessTime, rig.now.nanoseconds.timestamp)
  }

  func testPartitions() throws {
    var rig = ServerRig()
    let answer = try rig.call(
      WorkflowService.listTaskQueuePartitions,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "q"
      })
    XCTAssertEqual(answer.workflowTaskQueuePartitions.map(\.key), ["q", "/_sys/q/1", "/_sys/q/2", "/_sys/q/3"])
    XCTAssertEqual(answer.activityTaskQueuePartitions.count, 4)
  }

  func testWorkersAreListed() throws {
    var rig = ServerRig()
    try rig.call(
      WorkflowService.recordWorkerHeartbeat,
      .with {
        $0.namespace = "default"
        $0.workerHeartbeat = ["a", "b"].map { key in
          .with {
            $0.workerInstanceKey = key
            $0.taskQueue = "queue \(key)"
          }
        }
      })
    let all = try rig.call(WorkflowService.listWorkers, .with { $0.namespace = "default" })
    XCTAssertEqual(all.workersInfo.map(\.workerHeartbeat.workerInstanceKey), ["a", "b"])
    let some = try rig.call(
      WorkflowService.listWorkers,
      .with {
        $0.namespace = "default"
        $0.query = "TaskQueue = 'queue b'"
      })
    XCTAssertEqual(some.workersInfo.map(\.workerHeartbeat.workerInstanceKey), ["b"])
    XCTAssertEqual(
      refusal {
        try rig.call(
          WorkflowService.describeWorker,
          .with {
            $0.namespace = "default"
            $0.workerInstanceKey = "c"
          })
      }?.message, "Worker c not found")
  }
}
