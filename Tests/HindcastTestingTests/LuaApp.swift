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
  init(workflows: [String: String], activities: [String: String] = [:], for test: XCTestCase) throws {
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
          address: "localhost:7233"
        - name: worker
          kind: temporal.worker
          client: app:client
          task_queue: "queue"

      """
    func add(_ sources: [String: String], _ kind: String, _ modules: [String], _ meta: String) throws {
      for (name, source) in sources.sorted(by: { $0.key < $1.key }) {
        try source.write(to: folder.appending(path: "\(name).lua"), atomically: true, encoding: .utf8)
        let listed = modules.map { "\n      - \($0)" }.joined()
        entries += """
            - name: \(name)
              kind: \(kind)
              source: file://\(name).lua
              method: main
              modules:\(listed)
              meta:
                temporal:
                  \(meta):
                    worker: app:worker

          """
      }
    }
    try add(workflows, "workflow.lua", ["funcs", "time", "workflow"], "workflow")
    try add(activities, "function.lua", ["time"], "activity")
    try entries.write(to: folder.appending(path: "_index.yaml"), atomically: true, encoding: .utf8)
  }
}
