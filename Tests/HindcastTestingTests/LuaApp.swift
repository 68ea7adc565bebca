import Foundation
import XCTest

/// A small Wippy app in a folder of its own, with one worker.
struct LuaApp {
  /// Where it is.
  let folder: String

  /// Writes the app.
  ///
  /// - Parameters:
  ///   - workflows: The source of each workflow, by its name; `main` is what it returns.
  ///   - activities: The same for activities.
  ///   - functions: The same for functions that are no activities, such as those that drive workflows.
  ///   - processes: The same for processes, for which there is the host `app:processes`.
  ///   - activityModules: The modules that activities declare besides `time`, `process` and `ctx`.
  ///   - prefix: The client's `tq_prefix`.
  init(
    workflows: [String: String], activities: [String: String] = [:], functions: [String: String] = [:],
    processes: [String: String] = [:], activityModules: [String] = [], prefix: String = "", for test: XCTestCase
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hindcast-\(UUID().uuidString)")
    self.folder = folder.path
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    test.addTeardownBlock { try? FileManager.default.removeItem(at: folder) }
    var entries = """
      version: "1.0"
      namespace: app
      entries:
        - name: client
          kind: temporal.client
          address: "localhost:7233"\(prefix.isEmpty ? "" : "\n    tq_prefix: \(prefix)")
        - name: worker
          kind: temporal.worker
          client: app:client
          task_queue: "queue"

      """
    func add(_ sources: [String: String], _ kind: String, _ modules: [String], _ meta: String? = nil) throws {
      for (name, source) in sources.sorted(by: { $0.key < $1.key }) {
        try source.write(to: folder.appending(path: "\(name).lua"), atomically: true, encoding: .utf8)
        let listed = modules.map { "\n      - \($0)" }.joined()
        entries += """
            - name: \(name)
              kind: \(kind)
              source: file://\(name).lua
              method: main
              modules:\(listed)

          """
        guard let meta else { continue }
        entries += """
              meta:
                temporal:
                  \(meta):
                    worker: app:worker

          """
      }
    }
    let outside = ["process", "funcs", "time", "channel", "ctx"]
    try add(workflows, "workflow.lua", ["funcs", "time", "workflow", "ctx"], "workflow")
    try add(activities, "function.lua", ["time", "process", "ctx"] + activityModules, "activity")
    try add(functions, "function.lua", outside)
    try add(processes, "process.lua", outside)
    if !processes.isEmpty { entries += "  - name: processes\n    kind: process.host\n" }
    try entries.write(to: folder.appending(path: "_index.yaml"), atomically: true, encoding: .utf8)
  }
}
