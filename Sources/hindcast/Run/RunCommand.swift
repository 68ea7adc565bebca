#if Server
import ArgumentParser
import Foundation
import HindcastHistory
import HindcastRegistry
import HindcastReport
import HindcastTesting
import TemporalAPI

/// `hindcast run`: runs a workflow, or a function that drives workflows, on the in-process server, with skipped time.
struct RunCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a workflow or a function on the in-process server, with skipped time, and print its result.",
    discussion: """
      Nothing is real but the code: timers of days pass at once, and the app's own activities run where no --mock stands in \
      for them. The same call gives the same history to the byte. Exit status: 0 when the workflow completes, 1 when it ends \
      otherwise or cannot go on, 2 for wrong usage or an app that cannot be used. A function.lua or process.lua entry is \
      called: it starts workflows and talks to them.

      Example: hindcast run app:order_workflow --app Histories/orders --input '{"id": "17", "sku": "lamp"}' \
      --signal 'approve={"by": "ann"}@1h' --record order.json
      """)

  @Argument(help: ArgumentHelp("The workflow's type, or the entry of a function.", valueName: "workflow"))
  var workflow: String

  @Option(
    help: ArgumentHelp("The app's folder. By default the nearest one at or above the current folder.", valueName: "dir")
  )
  var app: String?

  @Option(help: ArgumentHelp("An argument of it, as JSON; may be repeated.", valueName: "json"))
  var input: [String] = []

  @Option(
    help: ArgumentHelp(
      "A signal, with its argument as JSON, and when it is sent, counted from the start; may be repeated.",
      valueName: "name[=json][@offset]"), transform: TimedSignal.init(parsing:))
  var signal: [TimedSignal] = []

  @Option(
    help: ArgumentHelp("The result of an activity in place of the app's own; may be repeated.", valueName: "type=json"),
    transform: CannedResult.init(parsing:))
  var mock: [CannedResult] = []

  @Option(help: ArgumentHelp("The workflow's id. By default the type and 1.", valueName: "id"))
  var id: String?

  @Option(
    help: ArgumentHelp(
      "Save the history here, as JSON. Of a chain of runs the last one, of a function the first workflow that it started.",
      valueName: "file"))
  var record: String?

  @Option(help: ArgumentHelp("Decides the ids that the server makes.", valueName: "number"))
  var seed: UInt64 = 1

  @Flag(name: .shortAndLong, help: "Write what workflows and activities log to standard error.")
  var verbose = false

  func validate() throws {
    for text in input where !JSONArgument.isValid(text) { throw ValidationError("--input is no JSON: \(text)") }
  }

  func execute(in console: Console) async -> ExitStatus {
    do {
      guard let directory = app ?? Registry.findApp(near: console.workingDirectory) else {
        console.complain("error: no app was found at or above \(console.workingDirectory); name its folder with --app")
        return .unusable
      }
      return try await run(directory, console)
    } catch let error as OutputError {
      return console.fail(error)
    } catch TestEnvironmentError.unusableApp(let text) {
      console.complain(text)
      return .unusable
    } catch {
      console.complain("error: \(error)")
      return .failure
    }
  }

  private func run(_ directory: String, _ console: Console) async throws -> ExitStatus {
    var options = TestEnvironmentOptions()
    options.seed = seed
    if verbose {
      let errors = console.errors
      let log = LogLines(errors)
      options.log = { log.write($0) }
    }
    let environment = try TestEnvironment(app: directory, options: options)
    environment.http.network = NoNetwork()
    for result in mock { environment.activities.mock(result.type, payloads: JSONArgument.payloads([result.json])) }
    if environment.hasFunction(workflow) { return try await call(in: environment, console) }
    var start = StartOptions()
    start.id = id ?? "\(workflow)-1"
    let begin = await environment.now
    let run: TestRun
    do {
      run = try await environment.start(workflow, payloads: JSONArgument.payloads(input), options: start)
    } catch let error as TestEnvironmentError {
      console.complain("error: \(error)")
      return .unusable
    }
    let status = try await finish(run, environment, since: begin, console)
    if let record { try await save(run, to: record) }
    let history = try await run.history()
    let passed = await environment.now - begin
    console.complain(
      "\(history.events.count) events, \(Self.text(.nanoseconds(passed))) of workflow time"
        + (record.map { ", history saved as \($0)" } ?? ""))
    return status
  }

  /// Calls a function in place of a workflow.
  private func call(in environment: TestEnvironment, _ console: Console) async throws -> ExitStatus {
    guard signal.isEmpty, id == nil else {
      console.complain("error: \(workflow) is a function: it has no id and gets no signals")
      return .unusable
    }
    let begin = await environment.now
    let status: ExitStatus
    do {
      let result = try await environment.call(workflow, payloads: JSONArgument.payloads(input))
      try console.output.write((result?.payloads.first?.jsonText ?? "null") + "\n")
      status = .success
    } catch let error as TestEnvironmentError {
      console.complain("error: \(error)")
      status = .failure
    }
    let started = try await environment.rootWorkflows()
    if let record, let first = started.first { try await save(first, to: record) }
    let passed = await environment.now - begin
    console.complain("\(started.count) workflows, \(Self.text(.nanoseconds(passed))) of workflow time")
    return status
  }

  private func finish(
    _ run: TestRun, _ environment: TestEnvironment, since begin: Int64, _ console: Console
  ) async throws -> ExitStatus {
    do {
      for signal in signal.enumerated().sorted(by: { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) })
      {
        let passed = Duration.nanoseconds(await environment.now - begin)
        if signal.element.offset > passed { try await environment.advance(by: signal.element.offset - passed) }
        try await run.signal(
          signal.element.name, payloads: signal.element.json.flatMap { JSONArgument.payloads([$0]) })
      }
      let result = try await run.resultPayloads()
      try console.output.write((result?.payloads.first?.jsonText ?? "null") + "\n")
      return .success
    } catch let error as TestEnvironmentError {
      console.complain("error: \(error)")
      return .failure
    }
  }

  private func save(_ run: TestRun, to path: String) async throws {
    let history = try await run.history()
    do {
      try Data(HistoryWriter.json(history)).write(to: URL(filePath: path))
    } catch {
      throw RunError("\(path) cannot be written: \(error.localizedDescription)")
    }
  }

  /// `1 day 2 h 3 s`.
  private static func text(_ duration: Duration) -> String {
    let milliseconds = Int64(duration / .milliseconds(1))
    let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"), (1, "ms")]
    var rest = milliseconds
    let parts = units.compactMap { size, name -> String? in
      defer { rest %= size }
      return rest / size > 0 ? "\(rest / size) \(name)" : nil
    }
    return parts.isEmpty ? "0 s" : parts.joined(separator: " ")
  }
}

/// Why a run's outcome cannot be kept.
private struct RunError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Lines that come from several threads.
private final class LogLines: @unchecked Sendable {
  private let lock = NSLock()
  private let output: any ReportOutput

  init(_ output: any ReportOutput) { self.output = output }

  func write(_ line: String) { lock.withLock { try? output.write(line + "\n") } }
}
#endif
