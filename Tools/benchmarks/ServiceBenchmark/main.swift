import Foundation
import HindcastCalls
import HindcastHistory
import HindcastServer
import HindcastService
import HindcastSwift
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI

// What the in-process server does in a second, worker and store included. Prints one JSON line a measurement;
// `Tools/benchmarks/servers.py` measures the real dev server and the Java test server alike.
//
//     ServiceBenchmark [SCALE] [--without-cache]
//
// SCALE multiplies how many workflows are run; each measurement has a process of its own with ServiceBenchmark --only NAME.
// Without the cache the worker replays each run at each task.

func seconds(_ work: () async throws -> Void) async rethrows -> Double {
  let start = ContinuousClock.now
  try await work()
  let time = (ContinuousClock.now - start).components
  return Double(time.seconds) + Double(time.attoseconds) / 1e18
}

/// Processor time that the process has used.
func processorTime() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  let (user, system) = (usage.ru_utime, usage.ru_stime)
  return Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) / 1e6
}

/// The most memory that the process has held, in MiB.
func peakMemory() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss / 1024
}

let workflows = SwiftWorkflows()
  .workflow(rawPayloads: "Empty") { _, _ in nil }
  .workflow("Chain") { (context, count: Int) async throws in
    for _ in 0..<count { try await context.executeActivity("Activity", options: .startToClose(.seconds(30))) }
  }
  .workflow("Activities") { (context, count: Int) async throws in
    let running = (0..<count).map { _ -> WorkflowFuture<Void> in
      context.startActivity("Activity", options: .startToClose(.seconds(30)))
    }
    for activity in running { try await activity.get() }
  }

let activities = ActivityTable(["Activity": { _ in nil }])

/// The memory that the process holds now, in MiB.
func memory() -> Int {
  let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
  return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) / (1 << 20) : 0
}

/// Runs a measurement's workflows on a service with a worker, 50 at a time.
func run(_ measurement: Measurement, input: Payloads?, on service: TemporalService) async throws {
  let type = measurement.type
  var configuration = WorkerConfiguration(
    taskQueue: "queue", identity: "benchmark", workflows: workflows, activities: activities)
  configuration.workflowTaskPollers = measurement.file ? 8 : 4
  configuration.activityTaskPollers = measurement.file ? 24 : 4
  // On a file each answer waits for the disk, so that more tasks are under way at a time.
  if measurement.file { configuration.maximumConcurrentWorkflowTasks = 8 }
  if CommandLine.arguments.contains("--without-cache") { configuration.maximumCachedRuns = 0 }
  let worker = Task { [configuration] in try await Worker(configuration, connection: service).run() }
  let next = Counter(limit: measurement.count)
  try await withThrowingTaskGroup(of: Void.self) { group in
    for _ in 0..<50 {
      group.addTask {
        while let number = await next.next() {
          _ = try await service.call(
            WorkflowService.startWorkflowExecution,
            .with {
              $0.namespace = "default"
              $0.workflowID = "\(type)-\(number)"
              $0.workflowType.name = type
              $0.taskQueue.name = "queue"
              $0.requestID = "\(number)"
              if let input { $0.input = input }
            })
          let last = try await service.closingEvent(of: .with { $0.workflowID = "\(type)-\(number)" }, in: "default")
          guard last?.eventType == .workflowExecutionCompleted else {
            throw ServiceError(.internal, "a workflow ended with \(String(describing: last))")
          }
        }
      }
    }
    try await group.waitForAll()
  }
  worker.cancel()
  try? await worker.value
}

actor Counter {
  private var value = 0
  private let limit: Int
  init(limit: Int) { self.limit = limit }
  func next() -> Int? {
    guard value < limit else { return nil }
    value += 1
    return value
  }
}

struct Measurement {
  var name: String
  var type: String
  var count: Int
  var activities = 0
  var file = false
}

let scale = CommandLine.arguments.dropFirst().compactMap(Double.init).first ?? 1
let measurements = [
  Measurement(name: "empty workflows, in memory", type: "Empty", count: Int(5_000 * scale)),
  Measurement(name: "empty workflows, on a file", type: "Empty", count: Int(5_000 * scale), file: true),
  Measurement(
    name: "workflows with 10 activities, in memory", type: "Activities", count: Int(1_000 * scale), activities: 10),
  Measurement(
    name: "workflows with 20 activities one after another, in memory", type: "Chain", count: Int(500 * scale),
    activities: 20),
  Measurement(
    name: "workflows with 10 activities, on a file", type: "Activities", count: Int(1_000 * scale), activities: 10,
    file: true),
]

func measure(_ measurement: Measurement) async throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hindcast-\(getpid())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let storage: ServiceConfiguration.Storage =
    measurement.file ? .file(folder.appendingPathComponent("benchmark.db").path) : .memory
  var service: TemporalService?
  let startUp = try await seconds {
    let opened = try TemporalService(.init(storage: storage))
    _ = try await opened.call(WorkflowService.getSystemInfo, .init())
    service = opened
  }
  guard let service else { return }
  let input: Payloads? =
    measurement.activities == 0
    ? nil
    : .with {
      $0.payloads = [
        .with {
          $0.metadata = ["encoding": Data("json/plain".utf8)]
          $0.data = Data("\(measurement.activities)".utf8)
        }
      ]
    }
  let idleMemory = memory()
  let processorBefore = processorTime()
  let time = try await seconds {
    try await run(measurement, input: input, on: service)
  }
  let processor = processorTime() - processorBefore
  let count = Double(measurement.count)
  var line = "{\"server\":\"hindcast\",\"measured\":\"\(measurement.name)\",\"workflows/s\":\(Int(count / time))"
  line += ",\"workflows/s of processor time\":\(Int(count / processor))"
  if measurement.activities > 0 {
    line += ",\"activities/s\":\(Int(count * Double(measurement.activities) / time))"
    line += ",\"activities/s of processor time\":\(Int(count * Double(measurement.activities) / processor))"
  }
  line += ",\"start-up ms\":\((startUp * 10_000).rounded() / 10)"
  print(line + ",\"idle MiB\":\(idleMemory),\"peak MiB\":\(peakMemory())}")
  try await service.close()
}

if let place = CommandLine.arguments.firstIndex(of: "--only"), place + 1 < CommandLine.arguments.count {
  let name = CommandLine.arguments[place + 1]
  for measurement in measurements where measurement.name == name { try await measure(measurement) }
} else {
  for measurement in measurements {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments =
      ["\(scale)", "--only", measurement.name] + CommandLine.arguments.filter { $0 == "--without-cache" }
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { exit(1) }
  }
}
