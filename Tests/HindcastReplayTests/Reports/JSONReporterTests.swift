import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastReport
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import XCTest

/// The lines are a contract with other tools, so they are compared as text.
final class JSONReporterTests: XCTestCase {
  private func lines(_ verdicts: [HistoryVerdict], directory: String = "/nowhere") throws -> [String] {
    let output = MemoryOutput()
    var reporter = JSONReporter(to: output, workingDirectory: directory)
    var summary = ReplaySummary()
    for verdict in verdicts {
      try reporter.report(verdict)
      summary.add(verdict)
    }
    summary.seconds = 1.5
    try reporter.finish(summary)
    return output.text.split(separator: "\n").map(String.init)
  }

  private func verdict(_ steps: [Step], on history: WorkflowHistory) -> HistoryVerdict {
    Replayer(code: ScriptedCode(steps, type: "order")).verdict(on: history)
  }

  func testAHistoryThatPassed() throws {
    let verdict = verdict(Samples.steps, on: try Samples.history(file: "orders/a.json"))
    XCTAssertEqual(
      try lines([verdict]),
      [
        #"{"history":"orders/a.json","workflowType":"order","workflowId":"workflow-1","#
          + #""runId":"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0","events":16,"verdict":"passed","warnings":[]}"#,
        #"{"summary":{"total":1,"passed":1,"nondeterministic":0,"deadlocked":0,"failed":0,"invalid":0,"skipped":0,"#
          + #""events":16,"seconds":1.5}}"#,
      ])
  }

  func testADivergence() throws {
    var verdict = HistoryVerdict(of: try Samples.history(file: "a.json"))
    verdict.verdict = .nondeterministic
    let event = HistoryEvent.with {
      $0.eventID = 5
      $0.eventType = .activityTaskScheduled
      $0.activityTaskScheduledEventAttributes.activityType.name = "charge"
    }
    let command = Command.with {
      $0.commandType = .scheduleActivityTask
      $0.scheduleActivityTaskCommandAttributes.activityType.name = "refund"
      $0.scheduleActivityTaskCommandAttributes.startToCloseTimeout.seconds = 9
    }
    let place = SourceLocation(file: "order.lua", line: 1)
    verdict.failure = Finding(
      .activityTypeChanged, .error, "said \"so\"\n", expected: event,
      actual: IssuedCommand(command: command, location: place, stack: [StackFrame(location: place, function: "main")]),
      differences: [FieldDifference(field: "activityType.name", expected: "charge", actual: "refund")], hint: "a hint")
    let replayed = self.verdict([Samples.steps[0], .activity("other")], on: try Samples.history())
    verdict.failure?.matchedBefore = try XCTUnwrap(replayed.failure?.matchedBefore)
    verdict.expectation = Expectation(verdict: .nondeterministic, rule: .activityTypeChanged, eventID: 5)
    verdict.sdkVerdict = "[TMPRL1100] said"
    XCTAssertEqual(
      try lines([verdict])[0],
      #"{"history":"a.json","workflowType":"order","workflowId":"workflow-1","#
        + #""runId":"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0","events":16,"verdict":"nondeterministic","#
        + #""rule":"activity-type-changed","code":"TMPRL1100","eventId":5,"message":"said \"so\"\n","#
        + #""expected":{"eventId":"5","eventType":"EVENT_TYPE_ACTIVITY_TASK_SCHEDULED","#
        + #""activityTaskScheduledEventAttributes":{"activityType":{"name":"charge"}}},"#
        + #""actual":{"commandType":"COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK","#
        + #""scheduleActivityTaskCommandAttributes":{"activityType":{"name":"refund"},"startToCloseTimeout":"9s"}},"#
        + #""differences":[{"field":"activityType.name","expected":"charge","actual":"refund"}],"#
        + #""location":{"file":"order.lua","line":1},"#
        + #""stack":[{"location":{"file":"order.lua","line":1},"function":"main"}],"#
        + #""matchedBefore":[{"eventId":5,"command":"ScheduleActivityTask charge (id 5)","#
        + #""location":{"file":"script","line":1}}],"#
        + #""hint":"a hint","sdk":"[TMPRL1100] said","warnings":[],"asExpected":true}"#)
  }

  func testWarningsCoroutinesAndMatchedCommands() throws {
    var verdict = HistoryVerdict(of: try Samples.history(file: "a.json"))
    verdict.workflowID = nil
    verdict.runID = nil
    var warning = Finding(.durationChanged, .warning, "slower", eventID: 11)
    warning.location = SourceLocation(file: "a.lua", line: 2, column: 7)
    verdict.warnings = [warning]
    verdict.verdict = .deadlocked
    var failure = Finding(.deadlock, .error, "stuck")
    failure.coroutines = [
      CoroutineStack(
        name: "main", waitingFor: "channel receive", frames: [StackFrame(location: nil, function: "receive")])
    ]
    verdict.failure = failure
    verdict.pendingCommands = ["StartTimer 1s (id 5)"]
    XCTAssertEqual(
      try lines([verdict])[0],
      #"{"history":"a.json","workflowType":"order","events":16,"verdict":"deadlocked","rule":"deadlock","#
        + #""code":"TMPRL1101","message":"stuck","coroutines":[{"name":"main","waitingFor":"channel receive","#
        + #""stack":[{"function":"receive"}]}],"warnings":[{"rule":"duration-changed","severity":"warning","eventId":11,"#
        + #""message":"slower","location":{"file":"a.lua","line":2,"column":7}}],"#
        + #""pendingCommands":["StartTimer 1s (id 5)"]}"#)
  }

  func testAnExplanation() throws {
    var verdict = HistoryVerdict(of: try Samples.history(file: "a.json"))
    verdict.workflowID = nil
    verdict.runID = nil
    verdict.verdict = .nondeterministic
    let place = SourceLocation(file: "a.lua", line: 7)
    let event = HistoryEvent.with {
      $0.eventID = 5
      $0.eventType = .activityTaskScheduled
      $0.activityTaskScheduledEventAttributes.activityType.name = "charge"
      $0.activityTaskScheduledEventAttributes.activityID = "5"
    }
    var failure = Finding(.missingCommand, .error, "gone", eventID: 5)
    failure.explanation = Explanation(
      edits: [
        CommandEdit(
          .renamed, event: event, differences: [FieldDifference(field: "f", expected: "a", actual: "b")],
          location: place), CommandEdit(.versionMarkerStale),
      ], isComplete: true, cause: "a \"cause\"",
      fix: Fix(advice: "gate it", snippet: "if v\nthen", location: place),
      rows: [
        AlignedRow(.onlyHistory, event: "TimerStarted", eventID: 5),
        AlignedRow(.onlyCode, command: "x", location: place),
      ])
    verdict.failure = failure
    XCTAssertEqual(
      try lines([verdict])[0],
      #"{"history":"a.json","workflowType":"order","events":16,"verdict":"nondeterministic","rule":"missing-command","#
        + #""code":"TMPRL1100","eventId":5,"message":"gone","explanation":{"cause":"a \"cause\"","isComplete":true,"#
        + #""edits":[{"kind":"renamed","eventId":5,"event":"ActivityTaskScheduled charge (id 5)","#
        + #""differences":[{"field":"f","expected":"a","actual":"b"}],"location":{"file":"a.lua","line":7}},"#
        + #"{"kind":"version-marker-stale"}],"#
        + #""fix":{"advice":"gate it","snippet":"if v\nthen","location":{"file":"a.lua","line":7}},"#
        + #""rows":[{"relation":"only-history","eventId":5,"event":"TimerStarted"},"#
        + #"{"relation":"only-code","command":"x","location":{"file":"a.lua","line":7}}]},"warnings":[]}"#)
  }

  func testAnInvalidHistoryNamesThePlaces() throws {
    var history = try Samples.history(file: "a.json")
    history.events.remove(at: 4)
    let line = try lines([verdict(Samples.steps, on: history)])[0]
    XCTAssertTrue(line.contains(#""verdict":"invalid","rule":"invalid-history","eventId":6,"#), line)
    XCTAssertTrue(
      line.contains(#""faults":[{"code":"H003","severity":"error","eventId":6,"pointer":"/events/4/eventId""#), line)
  }

  func testLocationsNameFilesThatCanBeOpened() throws {
    let folder = try TemporaryFolder()
    try folder.write("return 1\n", to: "apps/orders/order.lua")
    var verdict = HistoryVerdict(of: try Samples.history(file: "a.json"), appDirectory: "apps/orders")
    verdict.verdict = .failed
    let absolute = folder["apps/orders/order.lua"]
    for (file, shown) in [
      ("order.lua", "apps/orders/order.lua"), ("apps/orders/order.lua", "apps/orders/order.lua"),
      (absolute, "apps/orders/order.lua"), ("gone.lua", "gone.lua"),
    ] {
      verdict.failure = Finding(.codeError, .error, "", location: SourceLocation(file: file, line: 1))
      let line = try lines([verdict], directory: folder.path)[0]
      XCTAssertTrue(line.contains(#""location":{"file":"\#(shown)","line":1}"#), line)
    }
  }

  func testControlCharactersAreEscaped() throws {
    var verdict = HistoryVerdict(of: try Samples.history(file: "a\u{1b}\u{7f}\t\u{1}é.json"))
    verdict.workflowID = nil
    XCTAssertTrue(try lines([verdict])[0].hasPrefix(#"{"history":"a\u001b\u007f\t\u0001é.json""#))
  }
}
