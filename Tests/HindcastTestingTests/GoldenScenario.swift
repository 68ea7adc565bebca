import Foundation
import HindcastHistory
import HindcastRegistry
import HindcastTesting
import HindcastWorker
import SwiftProtobuf
import TemporalAPI

/// A case of a suite's `scenarios.yaml`, as far as it can be played without looking at results: these show in the history.
struct GoldenScenario {
  let suite: String
  let name: String
  private let values: ConfigurationValue

  /// Whether anything comes from outside while the workflow runs.
  var hasSteps: Bool { values["steps"] != nil }

  /// The cases of a suite under `Histories`.
  static func all(of suite: String) throws -> [GoldenScenario] {
    let path = "\(Folders.suite(suite))/scenarios.yaml"
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let file = try ConfigurationFile.read(bytes, named: path)
    return (file?["cases"]?.list ?? []).compactMap { values in
      values["name"]?.string.map { GoldenScenario(suite: suite, name: $0, values: values) }
    }
  }

  /// The names of the suites that have scenarios.
  static func suites() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(Folders.package)/Histories").sorted().filter {
      FileManager.default.fileExists(atPath: "\(Folders.suite($0))/scenarios.yaml")
    }
  }

  /// How fast the steps follow each other: on the real server that was left to chance.
  enum Pace: CaseIterable {
    /// Before the worker has done anything about the step before.
    case atOnce
    /// After the worker has done all that it could.
    case settled
  }

  /// Plays the case and gives the histories that it leaves, by the names of their files.
  func play(_ pace: Pace, cachesRuns: Bool = true) async throws -> [(file: String, history: WorkflowHistory)] {
    var options = TestEnvironmentOptions()
    options.cachesRuns = cachesRuns
    let environment = try TestEnvironment(app: Folders.suite(suite), options: options)
    // A test that calls an activity which nobody has is told so, a workflow in production finds out by itself.
    environment.activities.mock(
      "app:no_such_activity",
      outcome: .failed(.activityNotRegistered("app:no_such_activity", supported: try activityTypes())))
    if let call = values["call"] { return try await play(call, in: environment) }
    let run = try await start(in: environment)
    for step in values["steps"]?.list ?? [] {
      if pace == .settled { try await environment.settle() }
      try await perform(step, run, environment)
    }
    if values["open"]?.bool == true {
      try await environment.settle()
    } else {
      try await run.waitUntilClosed()
    }
    let follow = Set((values["follow"]?.list ?? []).compactMap(\.string))
    var histories: [(file: String, history: WorkflowHistory)] = [
      ("\(name).json", try await run.history(runID: run.firstRunID))
    ]
    if follow.contains("continued") {
      while let next = histories.last?.history.closeEvent?.nextRunID {
        histories.append(("\(name).run-\(histories.count + 1).json", try await run.history(runID: next)))
      }
    }
    if follow.contains("children") { histories += try await children(of: histories[0].history, in: environment) }
    return histories
  }

  /// Calls the function that starts the workflows.
  private func play(
    _ call: ConfigurationValue, in environment: TestEnvironment
  ) async throws -> [(file: String, history: WorkflowHistory)] {
    let function = call["function"]?.string ?? ""
    do {
      _ = try await environment.call(function, payloads: Self.payloads(call["args"]))
    } catch TestEnvironmentError.functionFailed where values["expect_failure"] != nil {}
    var histories: [(file: String, history: WorkflowHistory)] = []
    for (index, run) in try await environment.rootWorkflows().enumerated() {
      let file = index == 0 ? "\(name).json" : "\(name).workflow-\(index + 1).json"
      histories.append((file, try await run.history(runID: run.firstRunID)))
    }
    if values["follow"]?.list?.contains(where: { $0.string == "children" }) == true, let first = histories.first {
      histories += try await children(of: first.history, in: environment)
    }
    return histories
  }

  private func children(
    of history: WorkflowHistory, in environment: TestEnvironment
  ) async throws -> [(file: String, history: WorkflowHistory)] {
    var histories: [(file: String, history: WorkflowHistory)] = []
    for event in history.events {
      guard case .childWorkflowExecutionStartedEventAttributes(let started)? = event.attributes else { continue }
      let child = started.workflowExecution
      let history = try await environment.run(workflowID: child.workflowID).history(runID: child.runID)
      histories.append(("\(name).child-\(histories.count + 1).json", history))
    }
    return histories
  }

  /// The activities that the suite's worker has.
  private func activityTypes() throws -> [String] {
    try Registry.load(directory: Folders.suite(suite)).activities.map(\.id.description).sorted()
  }

  private func start(in environment: TestEnvironment) async throws -> TestRun {
    var options = StartOptions.id(values["id"]?.string ?? "\(suite)-\(name)")
    options.runTimeout = values["run_timeout"]?.string.flatMap(Self.duration)
    options.executionTimeout = values["execution_timeout"]?.string.flatMap(Self.duration)
    options.taskTimeout = values["task_timeout"]?.string.flatMap(Self.duration)
    for field in values["memo"]?.map?.fields ?? [] { options.memo[field.name] = field.value.string ?? "" }
    let type = values["workflow"]?.string ?? ""
    let input = Self.payloads(values["input"])
    if let signal = values["start_signal"] {
      return try await environment.signalWithStart(
        type, payloads: input, signal: signal["name"]?.string ?? "", signalPayloads: Self.payloads(signal["args"]),
        options: options)
    }
    return try await environment.start(type, payloads: input, options: options)
  }

  private func perform(_ step: ConfigurationValue, _ run: TestRun, _ environment: TestEnvironment) async throws {
    guard let (kind, value) = step.map?.fields.first.map({ ($0.name, $0.value) }) else { return }
    let arguments = Self.payloads(value["args"])
    switch kind {
    case "wait":
      let count = Int(value["count"]?.int ?? value["events"]?.int ?? 1)
      try await run.wait(describing: "\(value)") { history in
        history.events.count { event in
          guard let wanted = value["event"]?.string else { return true }
          guard "\(event.eventType)".lowercased() == wanted.lowercased() else { return false }
          guard let type = value["type"]?.string else { return true }
          return HistoryWriter.json(event).contains("\"\(type)\"")
        } >= count
      }
    case "signal": try await run.signal(value["name"]?.string ?? "", payloads: arguments)
    case "cancel": try await run.cancel()
    case "terminate": try await run.terminate(reason: value["reason"]?.string ?? "")
    case "update":
      do {
        _ = try await run.update(value["name"]?.string ?? "", payloads: arguments, id: value["id"]?.string)
      } catch TestEnvironmentError.updateFailed where value["expect_failure"] != nil {
      } catch TestEnvironmentError.refused where value["expect_failure"] != nil {}
    case "query":
      do {
        _ = try await run.query(value["type"]?.string ?? "", payloads: arguments)
      } catch TestEnvironmentError.refused where value["expect_failure"] != nil {}
    default: throw UnknownStep(kind: kind)
    }
  }

  private struct UnknownStep: Error { let kind: String }

  private static func payloads(_ list: ConfigurationValue?) -> Payloads? {
    guard let values = list?.list, !values.isEmpty else { return nil }
    return .with {
      $0.payloads = values.map { value in
        .with {
          $0.metadata = ["encoding": Data("json/plain".utf8)]
          $0.data = Data(json(value).utf8)
        }
      }
    }
  }

  private static func json(_ value: ConfigurationValue) -> String {
    switch value.content {
    case .map(let map):
      "{" + map.fields.map { "\($0.name.debugDescription):\(json($0.value))" }.joined(separator: ",") + "}"
    case .list(let values): "[" + values.map(json).joined(separator: ",") + "]"
    default: "\(value)"
    }
  }

  private static func duration(_ text: String) -> Duration? {
    let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600)]
    guard let (unit, seconds) = units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(unit.count))
    else { return nil }
    return .seconds(number * seconds)
  }
}

extension HistoryEvent {
  /// The run that follows the one which this event closed.
  fileprivate var nextRunID: String? {
    guard case .workflowExecutionContinuedAsNewEventAttributes(let attributes)? = attributes else { return nil }
    return attributes.newExecutionRunID
  }
}
