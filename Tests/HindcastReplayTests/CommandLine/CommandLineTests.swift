import ArgumentParser
import Foundation
import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastReport
import HindcastTestSupport
import XCTest

@testable import hindcast

/// What the commands print, and the exit status that scripts rely on.
final class CommandLineTests: XCTestCase {
  /// A console that keeps what is written to it.
  private struct Terminal {
    let output = MemoryOutput()
    let errors = MemoryOutput()

    func console(in folder: String = "/nowhere", input: [UInt8] = []) -> Console {
      Console(
        output: output, errors: errors, isOutputTerminal: false, isErrorTerminal: false, environment: [:],
        workingDirectory: folder, readStandardInput: { input })
    }
  }

  private func run(_ arguments: String..., input: [UInt8] = []) async -> (ExitStatus, output: String, errors: String) {
    let terminal = Terminal()
    let status = await Hindcast.run(arguments, console: terminal.console(input: input))
    return (status, terminal.output.text, terminal.errors.text)
  }

  /// Runs `replay` on code that needs no app.
  private func replay(
    _ arguments: [String], _ steps: [Step] = Samples.steps, isInferred: Bool = false, input: [UInt8] = []
  ) throws -> (status: ExitStatus, output: String, errors: String) {
    let terminal = Terminal()
    let command = try XCTUnwrap(try Hindcast.parseAsRoot(["replay"] + arguments) as? ReplayCommand)
    let app = AppCode(ScriptedCode(steps, type: "order"), isInferred: isInferred)
    let status = command.replay(with: SingleApp(app), in: terminal.console(input: input))
    return (status, terminal.output.text, terminal.errors.text)
  }

  // MARK: Usage

  func testHelpListsWhatThereIs() async {
    let (status, output, errors) = await run("--help")
    XCTAssertEqual(status, .success)
    for command in ["replay", "check", "show", "diff"] { XCTAssertTrue(output.contains("\n  \(command) "), command) }
    #if GRPC && Server
    let hasServers = true
    #else
    let hasServers = false
    #endif
    for command in ["serve", "fetch", "verify", "shadow", "call", "worker"] {
      XCTAssertEqual(output.contains("\n  \(command) "), hasServers, command)
    }
    XCTAssertEqual(errors, "")
  }

  /// Arguments that exclude each other, such as two of one letter, end the process here.
  func testEveryCommandHasHelp() async {
    for command in Hindcast.configuration.subcommands.map({ $0.configuration.commandName ?? "" }) {
      let (status, output, errors) = await run("help", command)
      XCTAssertEqual(status, .success, "\(command): \(errors)")
      XCTAssertTrue(output.contains("USAGE: hindcast \(command)"), output)
    }
  }

  func testWrongUsageIsStatus2OnStandardError() async {
    let cases: [(arguments: [String], words: String)] = [
      (["frobnicate"], "frobnicate"), (["replay"], "path"), (["replay", "--jobs", "0", "x"], "jobs"),
      (["replay", "--shard", "4/3", "x"], "shard"),
      (["replay", "--workflow-timeout", "soon", "x"], "workflow-timeout"),
      (["replay", "--memory-limit", "much", "x"], "memory-limit"),
      (["replay", "--format", "junit=", "x"], "names no file"),
      (["replay", "--format", "xml", "x"], "'xml' is no report format"),
      (["replay", "--emulate", "java", "x"], "'java' is no SDK"),
      (["replay", "--verbose", "--quiet", "x"], "exclude each other"), (["replay", "-", "-"], "only once"),
      (["diff", "a"], "b"), (["show"], "file"),
    ]
    for (arguments, words) in cases {
      let terminal = Terminal()
      let status = await Hindcast.run(arguments, console: terminal.console())
      XCTAssertEqual(status, .unusable, "\(arguments)")
      XCTAssertTrue(terminal.errors.text.contains(words), "\(arguments): \(terminal.errors.text)")
      XCTAssertEqual(terminal.output.text, "", "\(arguments)")
    }
  }

  #if !GRPC
  func testTheWorkerSaysHowToGetOne() async {
    let (status, output, errors) = await run("worker", "--app", "x")
    XCTAssertEqual(status, .unusable)
    XCTAssertEqual(output, "")
    XCTAssertTrue(errors.contains("swift run --traits GRPC hindcast worker"), errors)
  }
  #endif

  // MARK: replay

  func testExitStatusOfReplays() throws {
    let folder = try TemporaryFolder()
    let good = try folder.write(Samples.json(), to: "good/a.json")
    try folder.write(Samples.json(), to: "mixed/a.json")
    try folder.write("{\"events\": [", to: "mixed/b.json")
    try folder.write("{}", to: "others/package.json")
    let other = try folder.write(Samples.json(type: "other"), to: "other/a.json")
    let changed: [Step] = [.activity("refund")]

    XCTAssertEqual(try replay([good]).status, .success)
    XCTAssertEqual(try replay([good], changed).status, .failure)
    XCTAssertEqual(try replay([folder["mixed"]]).status, .failure)
    XCTAssertEqual(try replay([good, other]).status, .failure)
    XCTAssertEqual(try replay([good, other], isInferred: true).status, .success, "a skipped history fails nothing")

    for (path, words) in [
      (folder["others"], "no history found in"), (folder["missing"], "there is no such file or folder"),
    ] {
      let (status, _, errors) = try replay([path])
      XCTAssertEqual(status, .unusable)
      XCTAssertTrue(errors.contains(words), errors)
    }
    let (status, _, errors) = try replay([other], isInferred: true)
    XCTAssertEqual(status, .unusable, "a call that replayed nothing must not look green")
    XCTAssertTrue(errors.contains("every history was skipped"), errors)
    // A path that cannot be read does not keep the others from their verdicts.
    let mixed = try replay([folder["missing"], good])
    XCTAssertEqual(mixed.status, .unusable)
    XCTAssertTrue(mixed.output.contains("PASS  \(good)"), mixed.output)
  }

  func testTypesAndShards() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.json(), to: "a.json")
    try folder.write(Samples.json(type: "other"), to: "b.json")
    let (status, output, _) = try replay(["--type", "order", folder.path])
    XCTAssertEqual(status, .success)
    XCTAssertTrue(output.contains("1 history: 1 passed"), output)
    let none = try replay(["--type", "nobody", folder.path])
    XCTAssertEqual(none.status, .unusable)
    XCTAssertTrue(none.errors.contains("no history of type nobody found"), none.errors)
    XCTAssertEqual(try replay(["--shard", "1/2", folder.path]).status, .success)
    XCTAssertEqual(try replay(["--shard", "2/2", folder.path]).status, .failure)
    XCTAssertEqual(
      try replay(["--shard", "3/3", folder.path]).status, .success, "an empty part of a corpus is no error")
    XCTAssertEqual(try replay(["--shard", "1/1", folder["gone"]]).status, .unusable)
  }

  func testExpectedVerdictsDecideTheStatus() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.json(), to: "a.json")
    let changed: [Step] = [.activity("refund"), .timer(10)]
    let cases: [(entry: String, ExitStatus)] = [
      ("{verdict: nondeterministic, rule: activity-type-changed, event: 5}", .success),
      ("{verdict: nondeterministic, event: 6}", .failure), ("passed", .failure), ("wrong", .unusable),
    ]
    for (entry, status) in cases {
      try folder.write("a.json: \(entry)\n", to: "expected.yaml")
      XCTAssertEqual(try replay([folder.path], changed).status, status, entry)
    }
    try folder.write("a.json: nondeterministic\n", to: "expected.yaml")
    XCTAssertEqual(try replay([folder.path]).status, .failure, "it passes though it should not")
  }

  func testStrictness() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Samples.json(), to: "a.json")
    let slower: [Step] = [Samples.steps[0], .timer(11), Samples.steps[2]]
    XCTAssertEqual(try replay([path], slower).status, .success)
    XCTAssertEqual(try replay(["--strict", path], slower).status, .failure)
    try folder.write("a.json: {verdict: passed, rule: duration-changed, event: 11}\n", to: "expected.yaml")
    XCTAssertEqual(try replay(["--strict", path], slower).status, .success, "the warning is expected")
  }

  func testStandardInputAndJSON() throws {
    let (status, output, _) = try replay(["--format", "json", "-"], input: try Samples.json())
    XCTAssertEqual(status, .success)
    let lines = output.split(separator: "\n")
    XCTAssertEqual(lines.count, 2)
    XCTAssertTrue(lines[0].hasPrefix(#"{"history":"<stdin>","workflowType":"order""#), output)
    XCTAssertTrue(lines[1].hasPrefix(#"{"summary":{"total":1,"passed":1,"#), output)
  }

  func testTheReportGoesToAFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Samples.json(), to: "a.json")
    let (status, output, _) = try replay(["--output", folder["report.txt"], path])
    XCTAssertEqual(status, .success)
    XCTAssertEqual(output, "")
    XCTAssertTrue(try String(contentsOfFile: folder["report.txt"], encoding: .utf8).hasPrefix("PASS  \(path)"))
    let refused = try replay(["--output", folder["no/such/folder"], path])
    XCTAssertEqual(refused.status, .unusable)
    XCTAssertTrue(refused.errors.contains("cannot be written"), refused.errors)
  }

  func testAnAppThatDoesNotLoadIsShownWithThePlace() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Samples.json(), to: "h/a.json")
    try folder.write(
      "version: \"1.0\"\nnamespace: app\nentries:\n  - name: w\n    kind: workflow.lua\n", to: "app/_index.yaml")
    let (status, output, errors) = await run("replay", "--app", folder["app"], path)
    XCTAssertEqual(status, .unusable)
    XCTAssertEqual(output, "")
    XCTAssertTrue(errors.contains("\(folder["app/_index.yaml"]):4:"), errors)
    let (inferred, report, _) = await run("replay", path)
    XCTAssertEqual(inferred, .failure)
    XCTAssertTrue(report.contains("failed · load-error"), report)
  }

  // MARK: check, show, diff

  func testCheck() async throws {
    let folder = try TemporaryFolder()
    let good = try folder.write(Samples.json(), to: "a.json")
    var history = try Samples.history()
    history.events.remove(at: 4)
    let bad = try folder.write(HistoryWriter.json(history), to: "b.json")
    let broken = try folder.write("{\"events\": [", to: "c.json")
    let (status, output, _) = await run("check", good)
    XCTAssertEqual(status, .success)
    XCTAssertTrue(output.hasPrefix("VALID  \(good)  order  16 events\n"), output)
    let (failed, report, _) = await run("check", good, bad, broken)
    XCTAssertEqual(failed, .failure)
    XCTAssertTrue(report.contains("INVALID  \(bad)"), report)
    XCTAssertTrue(report.contains("error H003"), report)
    XCTAssertTrue(report.contains("INVALID  \(broken)"), report)
    XCTAssertTrue(report.hasSuffix("\n3 histories: 1 valid, 2 invalid\n"), report)
    let (missing, _, errors) = await run("check", folder["gone"])
    XCTAssertEqual(missing, .unusable)
    XCTAssertTrue(errors.contains("there is no such file or folder"), errors)
    let (empty, _, _) = await run("check", try TemporaryFolder().path)
    XCTAssertEqual(empty, .unusable)
  }

  func testShow() async throws {
    let text = #"""
      {"events": [
        {"eventId": "1", "eventTime": "2024-05-01T10:00:00Z", "eventType": "WorkflowExecutionStarted",
         "workflowExecutionStartedEventAttributes": {"workflowType": {"name": "order"}, "taskQueue": {"name": "orders"},
          "workflowId": "order-17", "input": {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "NDI="}]}}},
        {"eventId": "2", "eventTime": "2024-05-01T10:00:00Z", "eventType": "WorkflowTaskScheduled",
         "workflowTaskScheduledEventAttributes": {}},
        {"eventId": "3", "eventTime": "2024-05-01T10:00:00.5Z", "eventType": "WorkflowTaskStarted",
         "workflowTaskStartedEventAttributes": {"scheduledEventId": "2"}},
        {"eventId": "4", "eventTime": "2024-05-01T10:01:02.003Z", "eventType": "WorkflowTaskCompleted",
         "workflowTaskCompletedEventAttributes": {"scheduledEventId": "2", "startedEventId": "3",
          "sdkMetadata": {"langUsedFlags": [3], "sdkName": "temporal-go", "sdkVersion": "1.31.0"}}},
        {"eventId": "5", "eventTime": "2024-05-01T10:01:02.003Z", "eventType": "TimerStarted",
         "timerStartedEventAttributes": {"timerId": "5", "startToFireTimeout": "90000s"}},
        {"eventId": "6", "eventTime": "2024-05-02T11:01:02.003Z", "eventType": "TimerFired",
         "timerFiredEventAttributes": {"timerId": "5", "startedEventId": "5"}}
      ]}
      """#
    let (status, output, _) = await run("show", "-", input: Array(text.utf8))
    XCTAssertEqual(status, .success)
    XCTAssertEqual(
      output,
      """
      <stdin>
        workflow     order
        workflow ID  order-17
        task queue   orders
        started      2024-05-01T10:00:00Z
        events       6, open
        recorded by  temporal-go 1.31.0

          1           +0.000 s  WorkflowExecutionStarted order
                                input     [42]
          2           +0.000 s  WorkflowTaskScheduled
            ── task 1, SDK flags 3
          3           +0.500 s  WorkflowTaskStarted
          4         +01:02.003  WorkflowTaskCompleted
          5 →       +01:02.003  TimerStarted 90000s (id 5)
          6   +1d 01:01:02.003  TimerFired (id 5)
                                of        event 5

      the workflow is open: no event closes it

      """)
    let (missing, _, errors) = await run("show", "/no/such/file.json")
    XCTAssertEqual(missing, .unusable)
    XCTAssertTrue(errors.hasPrefix("error: /no/such/file.json: "), errors)
  }

  func testDiff() async throws {
    let folder = try TemporaryFolder()
    let first = try folder.write(Samples.json(), to: "a.json")
    let same = try folder.write(Samples.json(), to: "b.json")
    let other = try folder.write(
      Samples.json([Samples.steps[0], .timer(20), .activity("more"), Samples.steps[2]]), to: "c.json")
    let (status, output, _) = await run("diff", first, same)
    XCTAssertEqual(status, .success)
    XCTAssertEqual(
      output,
      """
      --- \(first)
      +++ \(same)
        events 1 to 16 are the same

      the histories are the same but for times, made-up IDs and the like

      """)
    let (changed, report, _) = await run("diff", first, other)
    XCTAssertEqual(changed, .failure)
    XCTAssertTrue(
      report.contains(
        """
        ~ 11  TimerStarted 10s (id 11)
            startToFireTimeout
              - "10s"
              + "20s"
          events 12 to 15 are the same

        """), report)
    XCTAssertTrue(report.contains("\n+ 16  ActivityTaskScheduled more (id 16)\n"), report)
    let (missing, _, errors) = await run("diff", first, folder["gone.json"])
    XCTAssertEqual(missing, .unusable)
    XCTAssertTrue(errors.hasPrefix("error: "), errors)
  }

  func testAClosedPipeEndsTheCommandQuietly() async throws {
    final class ClosedOutput: ReportOutput {
      func write(_ text: String) throws(OutputError) { throw .closed }
    }
    let folder = try TemporaryFolder()
    let path = try folder.write(Samples.json(), to: "a.json")
    for arguments in [["show", path], ["check", path], ["--help"]] {
      let terminal = Terminal()
      var console = terminal.console()
      console.output = ClosedOutput()
      let status = await Hindcast.run(arguments, console: console)
      XCTAssertEqual(status, .unusable, "\(arguments)")
      XCTAssertEqual(terminal.errors.text, "", "\(arguments)")
    }
  }

  func testColoursNeedATerminalThatWantsThem() {
    let cases: [(isTerminal: Bool, environment: [String: String], isColored: Bool)] = [
      (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": ""], true),
      (true, ["TERM": "dumb"], false),
    ]
    for (isTerminal, environment, isColored) in cases {
      var console = Terminal().console()
      console.isOutputTerminal = isTerminal
      console.environment = environment
      XCTAssertEqual(console.palette.isColored, isColored, "\(isTerminal) \(environment)")
    }
  }
}
