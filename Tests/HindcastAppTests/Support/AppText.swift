import HindcastApp
import HindcastRegistry

/// An app written in a test: its entries as YAML, and its Lua files.
struct AppText {
  /// The `_index.yaml`.
  var yaml: String
  /// The Lua files by name.
  var sources: [String: String]
  /// What `env.storage.os` shows.
  var environment: [String: String]

  init(yaml: String, sources: [String: String] = [:], environment: [String: String] = [:]) {
    self.yaml = yaml
    self.sources = sources
    self.environment = environment
  }

  /// An app `app` with the client `app:client`, the worker `app:worker` on the queue `orders`, and Lua entries on it.
  ///
  /// - Parameters:
  ///   - options: Lines of `worker_options`, such as `max_concurrent_activity_execution_size: 3`.
  ///   - client: More lines of the client's entry.
  ///   - workflows: Workflows by entry name: Lua files that end in `return { main = … }`, or the body of
  ///     `main(input)`.
  ///   - activities: Activities by entry name, alike.
  ///   - workflowModules: What workflows may require.
  ///   - activityModules: What activities may require.
  ///   - entries: More entries, as YAML that begins each with `  - name: …`.
  init(
    options: [String] = [], client: [String] = [], workflows: [String: String] = [:],
    activities: [String: String] = [:], workflowModules: [String] = ["funcs", "time", "workflow"],
    activityModules: [String] = ["time", "logger"], entries: String = "", environment: [String: String] = [:]
  ) {
    var lines = [
      "version: \"1.0\"", "namespace: app", "entries:",
      "  - name: client", "    kind: temporal.client", "    address: \"localhost:7233\"",
    ]
    lines += client.map { "    " + $0 }
    lines += [
      "  - name: worker", "    kind: temporal.worker", "    client: app:client", "    task_queue: orders",
      "    lifecycle:", "      auto_start: true",
    ]
    if !options.isEmpty { lines += ["    worker_options:"] + options.map { "      " + $0 } }
    var sources: [String: String] = [:]
    let kinds = [
      ("workflow.lua", "workflow", workflows, workflowModules),
      ("function.lua", "activity", activities, activityModules),
    ]
    for (kind, role, code, modules) in kinds {
      for (name, source) in code.sorted(by: { $0.key < $1.key }) {
        lines += [
          "  - name: \(name)", "    kind: \(kind)", "    source: file://\(name).lua", "    method: main",
          "    modules: [\(modules.joined(separator: ", "))]",
          "    meta:", "      temporal:", "        \(role):", "          worker: app:worker",
        ]
        sources["\(name).lua"] = source.contains("main =") ? source : Self.module(body: source)
      }
    }
    self.init(yaml: (lines + [entries]).joined(separator: "\n"), sources: sources, environment: environment)
  }

  private static func module(body: String) -> String {
    "local function main(input)\n\(body)\nend\nreturn { main = main }\n"
  }

  /// Reads the app; every error of it is thrown.
  func load() throws -> WorkerApp {
    let files = sources.merging(["_index.yaml": yaml]) { source, _ in source }
    return WorkerApp(registry: try Registry.load(.memory(files), processEnvironment: environment), from: "app")
  }
}
