import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastReport
import HindcastTestSupport
import TemporalAPI
import XCTest

final class TextReporterTests: XCTestCase {
  private func text(
    _ verdicts: [HistoryVerdict], _ detail: TextReporter.Detail = .normal, directory: String = "/nowhere",
    isColored: Bool = false
  ) throws -> String {
    let output = MemoryOutput()
    var reporter = TextReporter(
      to: output, workingDirectory: directory, detail: detail, palette: Palette(isColored: isColored))
    var summary = ReplaySummary()
    for verdict in verdicts {
      try reporter.report(verdict)
      summary.add(verdict)
    }
    summary.seconds = 0.25
    try reporter.finish(summary)
    return output.text
  }

  private func verdict(_ steps: [Step], on history: WorkflowHistory) -> HistoryVerdict {
    Replayer(code: ScriptedCode(steps, type: "order")).verdict(on: history)
  }

  func testADivergence() throws {
    let folder = try TemporaryFolder()
    try folder.write("activity charge\n\ttimer 12 seconds\r\nrest\n", to: "script")
    let steps: [Step] = [Samples.steps[0], .activity("refund"), .complete("\"done\"")]
    var verdict = verdict(steps, on: try Samples.history(file: "a.json"))
    verdict.failure?.message = "the code issued another command"
    verdict.failure?.hint = "a hint"
    verdict.failure?.explanation = nil
    verdict.sdkVerdict = "[TMPRL1100] said\nin two lines"
    XCTAssertEqual(
      try text([verdict], directory: folder.path),
      """
      FAIL  a.json  order  16 events
        nondeterministic · command-kind-changed · TMPRL1100 · event 11
        the code issued another command

        history   event 11  TimerStarted 10s (id 11)
        code      ScheduleActivityTask refund (id 11)

        code at   script:2
                    1 | activity charge
                  > 2 |     timer 12 seconds
                    3 | rest

        before    event 5  ScheduleActivityTask charge (id 5)  (script:1)

        hint      a hint
        Go SDK    [TMPRL1100] said
                  in two lines


      1 history: 1 nondeterministic · 16 events in 250 ms

      """)
  }

  /// A divergence with an explanation, written as the narrow and the wide form of one report.
  private func explained(width: Int) throws -> String {
    let folder = try TemporaryFolder()
    try folder.write("charge\nrefund\nsleep\nship\n", to: "script")
    let recorded: [Step] = [.activity("charge"), .timer(90), .activity("ship")]
    let changed: [Step] = [.activity("charge"), .activity("refund"), .timer(90), .activity("ship")]
    var verdict = verdict(changed, on: try Samples.history(recorded, file: "a.json"))
    verdict.sdkVerdict = nil
    let output = MemoryOutput()
    var reporter = TextReporter(to: output, workingDirectory: folder.path, width: width)
    try reporter.report(verdict)
    return output.text
  }

  func testACauseWithBothSides() throws {
    XCTAssertEqual(
      try explained(width: 120),
      """
      FAIL  a.json  order  22 events
        nondeterministic · command-kind-changed · TMPRL1100 · event 11

        cause     the code runs a new activity refund before the timer of 1m30s (event 11)

          event  history            code
              5  activity charge    activity charge    script:1
        +                           activity refund    script:2
             11  timer of 1m30s     timer of 1m30s     script:3
             16  activity ship      activity ship      script:4
             22  complete workflow  complete workflow  script:4

        code at   script:2
                    1 | charge
                  > 2 | refund
                    3 | sleep
                    4 | ship

        fix       runs that began before the change must keep what they did: put the change behind a version, or revert it

                    if workflow.version("add-refund", -1, 1) >= 1 then
                      funcs.call("refund", ...)
                    end

        found     the history has TimerStarted 90s (id 11), but the code issued ScheduleActivityTask refund (id 11)
        Go SDK    accepts this history


      """)
  }

  func testANarrowTerminalGetsOneSideUnderTheOther() throws {
    let text = try explained(width: 40)
    XCTAssertTrue(
      text.contains(
        """
          cause     the code runs a new activity
                    refund before the timer of
                    1m30s (event 11)

                5  activity charge  (script:1)
          +        code     activity refund  (script:2)
               11  timer of 1m30s  (script:3)
               16  activity ship  (script:4)
               22  complete workflow  (script:4)
        """), text)
  }

  func testDifferentFields() throws {
    var verdict = verdict([.activity("refund"), .timer(10)], on: try Samples.history(file: "a.json"))
    verdict.failure?.location = nil
    verdict.failure?.hint = nil
    verdict.failure?.explanation = nil
    verdict.sdkVerdict = nil
    let text = try text([verdict], .quiet)
    XCTAssertTrue(
      text.contains(
        """
          history   event 5  ActivityTaskScheduled charge (id 5)
          code      ScheduleActivityTask refund (id 5)

          differs   activityType.name
            history charge
            code    refund

          Go SDK    accepts this history
        """), text)
  }

  func testADeadlock() throws {
    var verdict = HistoryVerdict(of: try Samples.history(file: "a.json"))
    verdict.verdict = .deadlocked
    var failure = Finding(.logicalDeadlock, .error, "nothing can wake the workflow", eventID: 10)
    failure.coroutines = [
      CoroutineStack(
        name: "main", waitingFor: "channel receive",
        frames: [
          StackFrame(location: SourceLocation(file: "a.lua", line: 3), function: "wait"),
          StackFrame(location: SourceLocation(file: "a.lua", line: 9), function: "main"),
        ]), CoroutineStack(name: "coroutine 2", waitingFor: nil, frames: []),
    ]
    verdict.failure = failure
    XCTAssertEqual(
      try text([verdict], .quiet),
      """
      FAIL  a.json  order  16 events
        deadlocked · logical-deadlock · TMPRL1101 · event 10
        nothing can wake the workflow

        stack     main, waiting for channel receive
                  a.lua:3 in wait
                  a.lua:9 in main

        stack     coroutine 2

      1 history: 1 deadlocked · 16 events in 250 ms

      """)
  }

  func testWhatPassedTakesALine() throws {
    let good = verdict(Samples.steps, on: try Samples.history(file: "a.json"))
    var warned = good
    warned.file = "b.json"
    warned.warnings = [
      Finding(.durationChanged, .warning, "10s → 11s", eventID: 11, location: SourceLocation(file: "a.lua", line: 2)),
      Finding(.historyNote, .info, "a note"),
    ]
    var expected = good
    expected.file = "c.json"
    expected.verdict = .nondeterministic
    expected.failure = Finding(.missingCommand, .error, "", eventID: 5)
    expected.expectation = Expectation(verdict: .nondeterministic, eventID: 5)
    var skipped = good
    skipped.file = "d.json"
    skipped.verdict = .skipped
    skipped.failure = Finding(.unregisteredType, .error, "no workflow order")
    XCTAssertEqual(
      try text([good, warned, expected, skipped]),
      """
      PASS  a.json  order  16 events
      PASS  b.json  order  16 events
        warning duration-changed at event 11: 10s → 11s  a.lua:2
      PASS  c.json  order  16 events  as expected: nondeterministic, event 5
      SKIP  d.json  order  16 events
        no workflow order

      4 histories: 2 passed, 1 nondeterministic, 1 skipped (1 as expected.yaml says), 1 with warnings · 64 events in 250 ms

      """)
    XCTAssertEqual(
      try text([good, warned, expected, skipped], .quiet),
      "4 histories: 2 passed, 1 nondeterministic, 1 skipped (1 as expected.yaml says), 1 with warnings"
        + " · 64 events in 250 ms\n")
    XCTAssertTrue(try text([warned], .verbose).contains("  remark history-note: a note\n"))
  }

  func testOneThatPassesThoughItShouldNotFails() throws {
    var verdict = verdict(Samples.steps, on: try Samples.history(file: "a.json"))
    verdict.expectation = Expectation(verdict: .nondeterministic, rule: .missingCommand, eventID: 5)
    XCTAssertTrue(
      try text([verdict]).hasPrefix(
        """
        FAIL  a.json  order  16 events
          expected: nondeterministic, missing-command, event 5

        """))
  }

  func testOneBrokenAppIsExplainedOnce() throws {
    var broken = HistoryVerdict(of: try Samples.history(file: "a.json"))
    broken.verdict = .failed
    broken.failure = Finding(.loadError, .error, "'end' expected", location: SourceLocation(file: "a.lua", line: 3))
    var other = broken
    other.failure?.location?.line = 4
    XCTAssertEqual(
      try text([broken, broken, other], .quiet),
      """
      FAIL  a.json  order  16 events
        failed · load-error
        'end' expected

        code at   a.lua:3

      FAIL  a.json  order  16 events
        failed · load-error, as before

      FAIL  a.json  order  16 events
        failed · load-error
        'end' expected

        code at   a.lua:4

      3 histories: 3 failed · 48 events in 250 ms

      """)
  }

  func testManyWarningsAreCutUnlessAskedFor() throws {
    var verdict = HistoryVerdict(of: try Samples.history(file: "a.json"))
    verdict.warnings = (1...8).map { Finding(.inputChanged, .warning, "w", eventID: Int64($0)) }
    XCTAssertTrue(try text([verdict]).contains("  and 3 more warnings; --verbose shows all\n"))
    XCTAssertEqual(try text([verdict], .verbose).components(separatedBy: "warning input-changed").count, 9)
  }

  func testColoursAndControlCharacters() throws {
    let verdict = HistoryVerdict(of: try Samples.history(file: "a\u{1b}[2J.json"))
    XCTAssertTrue(try text([verdict], isColored: true).hasPrefix("\u{1b}[32mPASS\u{1b}[0m  \u{1b}[1ma\\u{1b}[2J.json"))
    XCTAssertFalse(try text([verdict]).contains("\u{1b}"))
  }

  func testNumbersAreGrouped() throws {
    var verdict = HistoryVerdict(of: try Samples.history(file: "a.json"))
    verdict.events = 1_234_567
    XCTAssertTrue(try text([verdict]).contains("1,234,567 events"))
  }
}
