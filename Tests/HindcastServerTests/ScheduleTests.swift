import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Schedules (`server.md` 15); what is expected was seen on the real server.
final class ScheduleTests: XCTestCase {
  // 2023-11-14T22:13:20Z, where a rig's clock starts.
  private let start: Int64 = 1_700_000_000

  private func times(_ spec: ScheduleSpecMessage, after text: String, limit: Int) throws -> [String] {
    ScheduleTimes(try spec.canonical(), seed: "s").times(after: try XCTUnwrap(Int64(dateTimeText: text)), limit: limit)
      .map { $0.dateTimeText(withFraction: true) }
  }

  // MARK: Specifications

  func testTimesOfSpecifications() throws {
    let table: [(ScheduleSpecMessage, String, [String])] = [
      (
        .with {
          $0.interval = [
            .with {
              $0.interval = .init(seconds: 3_600); $0.phase = .init(seconds: 60)
            }
          ]
        },
        "2027-01-01T00:00:30Z", ["2027-01-01T00:01:00Z", "2027-01-01T01:01:00Z"]
      ),
      (
        .with { $0.cronString = ["0 12 * * MON # lunch"] }, "2027-01-01T00:00:00Z",
        ["2027-01-04T12:00:00Z", "2027-01-11T12:00:00Z"]
      ),
      (
        .with { $0.cronString = ["CRON_TZ=Europe/Berlin 30 8 1 * *"] }, "2027-06-15T00:00:00Z",
        ["2027-07-01T06:30:00Z", "2027-08-01T06:30:00Z"]
      ),
      (
        .with {
          $0.calendar = [
            .with {
              $0.hour = "1-5/2"; $0.minute = "30"; $0.dayOfWeek = "Fri-7"
            }
          ]
        },
        "2027-01-01T02:00:00Z",
        ["2027-01-01T03:30:00Z", "2027-01-01T05:30:00Z", "2027-01-02T01:30:00Z"]
      ),
      // The hour that clocks skip in spring does not match.
      (
        .with { $0.cronString = ["TZ=Europe/Berlin 30 2 * * *"] }, "2027-03-27T00:00:00Z",
        ["2027-03-27T01:30:00Z", "2027-03-29T00:30:00Z"]
      ),
      // Excluded days, and an end.
      (
        .with {
          $0.cronString = ["@daily"]
          $0.excludeCalendar = [
            .with {
              $0.dayOfMonth = "2"; $0.hour = "*"; $0.minute = "*"; $0.second = "*"
            }
          ]
          $0.endTime = .init(seconds: 1_798_761_600 + 3 * 86_400)
        }, "2026-12-31T12:00:00Z",
        ["2027-01-01T00:00:00Z", "2027-01-03T00:00:00Z", "2027-01-04T00:00:00Z"]
      ),
      // A start that lies ahead.
      (
        .with {
          $0.cronString = ["@every 90m/10m"]; $0.startTime = .init(seconds: 1_798_761_600)
        },
        "2020-01-01T00:00:00Z", ["2027-01-01T00:10:00Z"]
      ),
      // The 30th of February never comes.
      (.with { $0.cronString = ["0 0 30 2 *"] }, "2027-01-01T00:00:00Z", []),
      // All that the specification names is excluded.
      (
        .with {
          $0.cronString = ["@daily"]
          $0.excludeCalendar = [
            .with {
              $0.hour = "*"; $0.minute = "*"; $0.second = "*"
            }
          ]
        }, "2027-01-01T00:00:00Z", []
      ),
    ]
    for (spec, after, expected) in table {
      XCTAssertEqual(try times(spec, after: after, limit: max(expected.count, 1)), expected, "\(spec)")
    }
  }

  func testJitterIsTheSameEveryTimeAndStaysWithinItsBounds() throws {
    let spec = ScheduleSpecMessage.with {
      $0.interval = [.with { $0.interval = .init(seconds: 60) }]
      $0.jitter = .init(seconds: 30)
    }
    let times = ScheduleTimes(spec, seed: "a")
    var moment: Int64 = start * 1_000_000_000
    var jitters: Set<Int64> = []
    for _ in 0..<100 {
      let next = try XCTUnwrap(times.next(after: moment))
      XCTAssertEqual(next, times.next(after: moment))
      XCTAssertTrue((0..<30_000_000_000).contains(next.actual - next.nominal))
      jitters.insert(next.actual - next.nominal)
      moment = next.actual
    }
    XCTAssertGreaterThan(jitters.count, 50)
    XCTAssertNotEqual(times.next(after: 0), ScheduleTimes(spec, seed: "b").next(after: 0))
  }

  func testWhatSpecificationsAreRefusedWith() throws {
    let table: [(ScheduleSpecMessage, String)] = [
      (.with { $0.cronString = ["every day"] }, "CronString does not have 5-7 fields"),
      (.with { $0.calendar = [.with { $0.hour = "25" }] }, "Hour is not in range [0-23]"),
      (.with { $0.calendar = [.with { $0.hour = "5-3" }] }, "Hour End is before Start or not in range [0-23]"),
      (.with { $0.calendar = [.with { $0.hour = "1/2/3" }] }, "Hour has too many slashes"),
      (.with { $0.calendar = [.with { $0.hour = "1/0" }] }, "Hour has invalid Step"),
      (.with { $0.interval = [.init()] }, "interval is too small"),
      (.with { $0.timezoneName = "Mars/One" }, "unknown time zone Mars/One"),
      (.with { $0.cronString = ["TZ=UTC * * * * *", "* * * * *"] }, "conflicting timezone names"),
      (
        .with { $0.structuredCalendar = [.with { $0.hour = [.with { $0.start = 30 }] }] },
        "invalid calendar spec: Hour Start is not in range [0-23]"
      ),
    ]
    for (spec, expected) in table {
      XCTAssertThrowsError(try spec.canonical()) {
        XCTAssertEqual(($0 as? ScheduleSpecRefusal)?.message, expected)
      }
    }
  }

  func testRandomTextNeverCrashesTheSpecification() {
    var random = IDSource(seed: 3)
    let pieces = [
      "*", "/", "-", ",", "1", "59", "99999999999999999999", "mon", "jan", "@every ", "h", "TZ=", " ", "#", "7", "é",
    ]
    for _ in 0..<5_000 {
      let text = (0..<Int.random(in: 0...10, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined()
      let spec = ScheduleSpecMessage.with {
        $0.cronString = [text, "1 2 \(text) * *"]
        $0.calendar = [
          .with {
            $0.dayOfWeek = text; $0.year = text
          }
        ]
      }
      if let spec = try? spec.canonical() { _ = ScheduleTimes(spec, seed: "").next(after: 0) }
    }
  }

  // MARK: Actions

  private func create(
    _ rig: inout ServerRig, every seconds: Int64? = 60, policies: Temporal_Api_Schedule_V1_SchedulePolicies = .init(),
    state: Temporal_Api_Schedule_V1_ScheduleState = .init(), patch: SchedulePatchMessage? = nil
  ) throws {
    try rig.call(
      WorkflowService.createSchedule,
      .with {
        $0.namespace = "default"
        $0.scheduleID = "s"
        $0.requestID = "r"
        if let seconds { $0.schedule.spec.interval = [.with { $0.interval = .init(seconds: seconds) }] }
        $0.schedule.policies = policies
        $0.schedule.state = state
        $0.schedule.action.startWorkflow = .with {
          $0.workflowID = "w"
          $0.workflowType.name = "T"
          $0.taskQueue.name = "q"
        }
        if let patch { $0.initialPatch = patch }
      })
  }

  private func describe(
    _ rig: inout ServerRig
  ) throws -> Temporal_Api_Workflowservice_V1_DescribeScheduleResponse {
    try rig.call(
      WorkflowService.describeSchedule,
      .with {
        $0.namespace = "default"
        $0.scheduleID = "s"
      })
  }

  private func patch(_ rig: inout ServerRig, _ patch: SchedulePatchMessage) throws {
    try rig.call(
      WorkflowService.patchSchedule,
      .with {
        $0.namespace = "default"
        $0.scheduleID = "s"
        $0.patch = patch
      })
  }

  private func terminate(_ rig: inout ServerRig, _ id: String) throws {
    try rig.call(
      WorkflowService.terminateWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = id
      })
  }

  private func runs(_ rig: inout ServerRig, _ query: String = "") throws -> [String] {
    try rig.call(
      WorkflowService.listWorkflowExecutions,
      .with {
        $0.namespace = "default"
        $0.query = query
      }
    ).executions.map(\.execution.workflowID).sorted()
  }

  func testRunsAreStartedWithTheirTimeAndAttributes() throws {
    var rig = ServerRig()
    try create(&rig)
    rig.advance(by: .seconds(60))
    let description = try describe(&rig)
    let action = try XCTUnwrap(description.info.recentActions.first)
    XCTAssertEqual(action.startWorkflowResult.workflowID, "w-2023-11-14T22:14:00Z")
    XCTAssertEqual(action.scheduleTime.seconds, start + 40)
    XCTAssertEqual(description.info.actionCount, 1)
    XCTAssertEqual(description.info.runningWorkflows, [action.startWorkflowResult])
    XCTAssertEqual(description.info.futureActionTimes.count, 10)
    XCTAssertEqual(description.schedule.policies.overlapPolicy, .skip)
    XCTAssertEqual(description.schedule.policies.catchupWindow.seconds, 31_536_000)
    XCTAssertEqual([UInt8](description.conflictToken), [0, 0, 0, 0, 0, 0, 0, 1])
    let started = try XCTUnwrap(rig.history(action.startWorkflowResult.runID).first)
      .workflowExecutionStartedEventAttributes
    XCTAssertEqual(started.identity, "temporal-scheduler-default-s")
    let attributes = started.searchAttributes.indexedFields.mapValues { String(decoding: $0.data, as: UTF8.self) }
    XCTAssertEqual(
      attributes,
      ["TemporalScheduledStartTime": #""2023-11-14T22:14:00Z""#, "TemporalScheduledById": #""s""#])
    XCTAssertEqual(try runs(&rig, "TemporalScheduledById = 's'"), ["w-2023-11-14T22:14:00Z"])
  }

  func testOverlapPolicies() throws {
    // What there is after three times at which the first run was still running, and after it was then terminated.
    let table: [(OverlapPolicy, running: Int, skipped: Int64, buffered: Int64, afterwards: Int64)] = [
      (.skip, 1, 2, 0, 1), (.bufferOne, 1, 1, 1, 2), (.bufferAll, 1, 0, 2, 2), (.allowAll, 3, 0, 0, 3),
      (.terminateOther, 1, 0, 0, 3), (.cancelOther, 1, 0, 2, 2),
    ]
    for (policy, running, skipped, buffered, afterwards) in table {
      var rig = ServerRig()
      try create(&rig, policies: .with { $0.overlapPolicy = policy })
      rig.advance(by: .seconds(170))
      var description = try describe(&rig)
      XCTAssertEqual(try runs(&rig, "ExecutionStatus = 'Running'").count, running, "\(policy)")
      XCTAssertEqual(description.info.overlapSkipped, skipped, "\(policy)")
      XCTAssertEqual(description.info.bufferSize, buffered, "\(policy)")
      let first = description.info.recentActions.last?.startWorkflowResult.workflowID ?? ""
      try terminate(&rig, first)
      description = try describe(&rig)
      XCTAssertEqual(description.info.actionCount, afterwards, "\(policy)")
    }
  }

  func testPausedSchedulesDoNothingAndMakeNothingUp() throws {
    var rig = ServerRig()
    try create(&rig, policies: .with { $0.overlapPolicy = .allowAll }, patch: .with { $0.pause = "wait" })
    rig.advance(by: .seconds(300))
    XCTAssertEqual(try describe(&rig).schedule.state.notes, "wait")
    try patch(&rig, .with { $0.unpause = "go" })
    XCTAssertEqual(try describe(&rig).info.actionCount, 0)
    rig.advance(by: .seconds(60))
    XCTAssertEqual(try describe(&rig).info.actionCount, 1)
    XCTAssertEqual(try describe(&rig).conflictToken.last, 3)
  }

  func testActionsAreLimited() throws {
    var rig = ServerRig()
    try create(
      &rig, policies: .with { $0.overlapPolicy = .allowAll },
      state: .with {
        $0.limitedActions = true
        $0.remainingActions = 2
      })
    XCTAssertEqual(try describe(&rig).info.futureActionTimes.count, 2)
    rig.advance(by: .seconds(600))
    let description = try describe(&rig)
    XCTAssertEqual(description.info.actionCount, 2)
    XCTAssertEqual(description.schedule.state.remainingActions, 0)
    XCTAssertNil(rig.machine.schedules.values.first?.nextDue)
  }

  func testTriggersAndBackfillsActEvenWhilePaused() throws {
    var rig = ServerRig()
    try create(&rig, every: 3_600, state: .with { $0.paused = true })
    try patch(&rig, .with { $0.triggerImmediately = .init() })
    try patch(
      &rig,
      .with {
        $0.backfillRequest = [
          .with {
            $0.startTime = .init(seconds: 1_600_000_000 - 1_600_000_000 % 3_600)
            $0.endTime = .init(seconds: 1_600_000_000 - 1_600_000_000 % 3_600 + 12 * 3_600)
            $0.overlapPolicy = .allowAll
          }
        ]
      })
    rig.advance(by: .seconds(5))
    XCTAssertEqual(try describe(&rig).info.actionCount, 14)
    XCTAssertEqual(try describe(&rig).info.recentActions.count, 10)
  }

  func testFailuresPause() throws {
    var rig = ServerRig()
    try create(&rig, policies: .with { $0.pauseOnFailure = true })
    rig.advance(by: .seconds(60))
    let poll = rig.begin(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "q"
      })
    let task = try XCTUnwrap(rig.answer(poll, of: WorkflowService.pollWorkflowTaskQueue))
    try rig.call(
      WorkflowService.respondWorkflowTaskCompleted,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.commands = [
          .with {
            $0.commandType = .failWorkflowExecution
            $0.failWorkflowExecutionCommandAttributes.failure.message = "no"
          }
        ]
      })
    let description = try describe(&rig)
    XCTAssertTrue(description.schedule.state.paused)
    XCTAssertEqual(
      description.schedule.state.notes, "paused due to workflow failure: w-2023-11-14T22:14:00Z: no")
    XCTAssertEqual(description.info.recentActions.first?.startWorkflowStatus, .failed)
    XCTAssertTrue(description.info.runningWorkflows.isEmpty)
  }

  func testDeletedSchedulesAreNotFoundAndCanBeMadeAgain() throws {
    var rig = ServerRig()
    try create(&rig)
    try rig.call(
      WorkflowService.deleteSchedule,
      .with {
        $0.namespace = "default"
        $0.scheduleID = "s"
      })
    XCTAssertThrowsError(try describe(&rig)) {
      XCTAssertEqual(($0 as? ServiceError)?.message, "schedule not found")
    }
    XCTAssertThrowsError(try patch(&rig, .with { $0.pause = "x" })) {
      XCTAssertEqual(($0 as? ServiceError)?.message, "workflow execution already completed")
    }
    rig.advance(by: .seconds(600))
    XCTAssertEqual(try runs(&rig), [])
    try create(&rig)
    XCTAssertEqual(try describe(&rig).info.actionCount, 0)
  }

  func testListsAndTheirQueries() throws {
    var rig = ServerRig()
    try create(&rig, state: .with { $0.paused = true })
    func list(_ query: String) throws -> [String] {
      try rig.call(
        WorkflowService.listSchedules,
        .with {
          $0.namespace = "default"
          $0.query = query
        }
      ).schedules.map(\.scheduleID)
    }
    XCTAssertEqual(try list(""), ["s"])
    XCTAssertEqual(try list("TemporalSchedulePaused = true"), ["s"])
    XCTAssertEqual(try list("TemporalSchedulePaused = false"), [])
    XCTAssertEqual(try list("ScheduleId = 's'"), ["s"])
    XCTAssertThrowsError(try list("WorkflowId = 's'")) {
      XCTAssertEqual(
        ($0 as? ServiceError)?.message, "invalid query filter for schedules: cannot filter on \"WorkflowId\"")
    }
    XCTAssertEqual(try rig.call(WorkflowService.countSchedules, .with { $0.namespace = "default" }).count, 1)
  }
}
