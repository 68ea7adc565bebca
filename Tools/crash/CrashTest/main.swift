import Foundation
import HindcastCalls
import HindcastHistory
import HindcastServer
import HindcastService
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI

// Kills a process that serves a database under load, again and again, and checks each time that what it had answered is there.
//
//     CrashTest KILLS [SEED]
//
// The process that is killed is this program with --serve FILE: it works on the database and writes a line to its standard
// output for each request that was answered.

/// The wall's time, which the check can skip ahead of: a workflow task that the kill cut off must time out before its run goes on.
func configuration(_ path: String) -> ServiceConfiguration {
  ServiceConfiguration(storage: .file(path), clock: .skipping(locked: true))
}

extension TemporalService {
  func start(_ id: String) async throws -> String {
    try await call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = id
        $0.workflowType.name = "Type"
        $0.taskQueue.name = "queue"
        $0.requestID = id
      }
    ).runID
  }

  func signal(_ id: String, _ requestID: String) async throws {
    _ = try await call(
      WorkflowService.signalWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = id
        $0.signalName = "signal"
        $0.requestID = requestID
      })
  }

  /// Takes a workflow task and answers it.
  ///
  /// - Returns: The run and the task's Started event.
  func work(ending: Bool, timer: String) async throws -> (runID: String, startedEventID: Int64)? {
    let task = try await call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "queue"
        $0.identity = "crash"
      }, timeout: .seconds(3))
    if task.taskToken.isEmpty { return nil }
    _ = try await call(
      WorkflowService.respondWorkflowTaskCompleted,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.commands = [
          .with {
            $0.commandType = .startTimer
            $0.startTimerCommandAttributes.timerID = timer
            $0.startTimerCommandAttributes.startToFireTimeout = .init(seconds: 0, nanos: 5_000_000)
          }
        ]
        if ending {
          $0.commands.append(
            .with {
              $0.commandType = .completeWorkflowExecution
              $0.completeWorkflowExecutionCommandAttributes = .init()
            })
        }
      })
    return (task.workflowExecution.runID, task.startedEventID)
  }
}

// MARK: The process that is killed

func acknowledge(_ words: String...) {
  // One write a line, so that a line is there or not.
  let line = Array((words.joined(separator: " ") + "\n").utf8)
  _ = line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}

func serve(_ path: String) async throws {
  let service = try TemporalService(configuration(path))
  let round = UUID().uuidString
  acknowledge("ready")
  await withTaskGroup(of: Void.self) { group in
    for number in 0..<6 {
      group.addTask {
        for count in 0... {
          let id = "\(round)-\(number)-\(count)"
          guard let runID = try? await service.start(id) else { continue }
          acknowledge("start", id, runID)
          for signal in 0..<3 {
            let requestID = "\(id)-\(signal)"
            // A workflow may have ended meanwhile.
            guard (try? await service.signal(id, requestID)) != nil else { continue }
            acknowledge("signal", runID, requestID)
          }
        }
      }
      group.addTask {
        for count in 0... {
          let timer = "\(round)-\(number)-\(count)"
          if let done = try? await service.work(ending: count % 5 == 0, timer: timer) {
            acknowledge("task", done.runID, "\(done.startedEventID)")
          }
        }
      }
    }
  }
}

// MARK: The process that kills and checks

struct Lost: Error, CustomStringConvertible {
  let description: String
}

/// Lets the server work for a while and kills it.
///
/// - Returns: The lines that it wrote.
func runAndKill(_ path: String, after delay: Duration) async throws -> [[Substring]] {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
  process.arguments = ["--serve", path]
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  // Killed mostly at work, now and then while it opens the database.
  let first = delay < .milliseconds(100) ? Data() : output.fileHandleForReading.availableData
  // Read while it runs: a full pipe would stop it.
  let reading = Task.detached { first + output.fileHandleForReading.readDataToEndOfFile() }
  try await Task.sleep(for: delay)
  kill(process.processIdentifier, SIGKILL)
  process.waitUntilExit()
  let text = String(decoding: await reading.value, as: UTF8.self)
  // The last line may be cut off: then its request counts as not answered.
  return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { $0.split(separator: " ") }
}

/// What a transaction wrote is there as a whole: ids without gaps, and each answer to a task with the timer that it started.
func checkWhole(_ events: [HistoryEvent], of runID: String) throws {
  guard events.map(\.eventID) == Array(1...Int64(events.count)) else {
    throw Lost(description: "the history of \(runID) has gaps: \(events.map(\.eventID))")
  }
  let timers = Set(events.map(\.timerStartedEventAttributes.workflowTaskCompletedEventID))
  for event in events where event.eventType == .workflowTaskCompleted && !timers.contains(event.eventID) {
    throw Lost(description: "\(runID) has half of the answer to a task: event \(event.eventID)")
  }
}

extension TemporalService {
  func events(_ workflowID: String, _ runID: String) async throws -> [HistoryEvent] {
    try await history(
      of: .with {
        $0.workflowID = workflowID
        $0.runID = runID
      }, in: "default"
    ).events
  }

  func historyLength(_ workflowID: String, _ runID: String) async throws -> Int64 {
    try await call(
      WorkflowService.describeWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.execution.workflowID = workflowID
        $0.execution.runID = runID
      }
    ).workflowExecutionInfo.historyLength
  }
}

extension [HistoryEvent] {
  /// The requests of the signals among them.
  var signalRequests: Set<String> {
    Set(filter { $0.eventType == .workflowExecutionSignaled }.map(\.workflowExecutionSignaledEventAttributes.requestID))
  }
}

/// Opens the database and looks for everything that was answered.
func check(
  _ path: String, _ lines: [[Substring]], workflows: inout [String: String], buffered: inout Int
) async throws -> Int {
  let service = try TemporalService(configuration(path))
  var signals: [String: [String]] = [:]
  var tasks: [String: [Int64]] = [:]
  for line in lines where line.count == 3 {
    switch line[0] {
    case "start": workflows[String(line[2])] = String(line[1])
    case "signal": signals[String(line[1]), default: []].append(String(line[2]))
    default: tasks[String(line[1]), default: []].append(Int64(line[2]) ?? 0)
    }
  }
  let touched = Set(lines.filter { $0.count == 3 }.map { String($0[0] == "start" ? $0[2] : $0[1]) })
  var open: String?
  var unseen: [String: Set<String>] = [:]
  for runID in touched.sorted() {
    guard let workflowID = workflows[runID] else { continue }
    let events = try await service.events(workflowID, runID)
    try checkWhole(events, of: runID)
    let length = try await service.historyLength(workflowID, runID)
    guard length == Int64(events.count) else {
      throw Lost(description: "the record of \(runID) counts \(length) events of \(events.count)")
    }
    unseen[runID] = Set(signals[runID] ?? []).subtracting(events.signalRequests)
    let completed = Set(events.map(\.workflowTaskCompletedEventAttributes.startedEventID))
    for task in tasks[runID] ?? [] where !completed.contains(task) {
      throw Lost(description: "the answer to task \(task) of \(runID) is lost")
    }
    if events.last?.eventType != .workflowExecutionCompleted { open = workflowID }
  }
  // Signals that the histories do not show wait in their runs' buffers, for the end of a task that nobody works on any more.
  unseen = unseen.filter { !$0.value.isEmpty }
  if !unseen.isEmpty { await service.advance(to: service.now + .seconds(11)) }
  for (runID, requests) in unseen.sorted(by: { $0.key < $1.key }) {
    let lost = requests.subtracting(try await service.events(workflows[runID] ?? "", runID).signalRequests)
    if let signal = lost.min() { throw Lost(description: "signal \(signal) of \(runID) is lost") }
    buffered += requests.count
  }
  if let open {
    // Runs go on.
    try await service.signal(open, UUID().uuidString)
    guard try await service.work(ending: false, timer: UUID().uuidString) != nil else {
      throw Lost(description: "no task came after the restart")
    }
  }
  try await service.close()
  return lines.count
}

func killRepeatedly(_ kills: Int, seed: UInt64) async throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hindcast-crash-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  var state = seed
  var answered = 0
  var buffered = 0
  var workflows: [String: String] = [:]
  for kill in 0..<kills {
    // A new file now and then, so that opening stays quick.
    let path = folder.appendingPathComponent("\(kill / 10).db").path
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let delay = Duration.milliseconds(60 + Int(state >> 33) % 400)
    let lines = try await runAndKill(path, after: delay)
    answered += try await check(path, lines, workflows: &workflows, buffered: &buffered)
  }
  print(
    "\(kills) kills, \(answered) requests answered before them, \(buffered) of them signals that were buffered:",
    "all are there, and runs go on")
  guard answered > kills else { throw Lost(description: "the server did next to nothing before it was killed") }
}

let arguments = CommandLine.arguments
do {
  if arguments.count == 3, arguments[1] == "--serve" {
    try await serve(arguments[2])
  } else {
    try await killRepeatedly(
      arguments.dropFirst().first.flatMap(Int.init) ?? 200,
      seed: arguments.dropFirst(2).first.flatMap(UInt64.init) ?? .random(in: .min ... .max))
  }
} catch {
  FileHandle.standardError.write(Data("CrashTest: \(error)\n".utf8))
  exit(1)
}
