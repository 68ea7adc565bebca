import HindcastCore
import HindcastLint
import HindcastRegistry

/// Small apps to lint.
enum LintSamples {
  static let entries = """
    version: "1.0"
    namespace: app
    entries:
      - name: temporal
        kind: temporal.client
        address: "127.0.0.1:7233"
      - name: worker
        kind: temporal.worker
        client: app:temporal
        task_queue: queue
      - name: main
        kind: workflow.lua
        source: file://main.lua
        method: main
        modules: [funcs, time, workflow, uuid, crypto, os, json]
        imports: {helper: app:helper}
        meta: {temporal: {workflow: {worker: app:worker}}}
      - name: helper
        kind: library.lua
        source: file://helper.lua
        modules: [time]
      - name: act
        kind: function.lua
        source: file://act.lua
        method: main
        modules: [http_client, funcs]
        meta:
          temporal: {activity: {worker: app:worker}}
          options: {activity.start_to_close_timeout: 5s}
      - name: slow
        kind: function.lua
        source: file://other.lua
        method: main
        meta: {temporal: {activity: {worker: app:worker}}}
      - name: local
        kind: function.lua
        source: file://other.lua
        method: main

    """

  static let files = [
    "_index.yaml": entries, "main.lua": "return function() end\n", "helper.lua": "return {}\n",
    "act.lua": "return {main = function() end}\n", "other.lua": "return {main = function() end}\n",
  ]

  /// The findings of an app with some files replaced, as `line:column rule`; with the file's name where it is not `main.lua`.
  static func findings(_ changes: [String: String]) -> [String] {
    Linter.findings(in: .memory(files.merging(changes) { $1 })).map(line)
  }

  /// The findings of a workflow's code.
  static func findings(in code: String) -> [String] { findings(["main.lua": code]) }

  static func line(_ finding: LintFinding) -> String {
    let file = finding.location.file == "main.lua" ? "" : "\(finding.location.file):"
    let column = finding.location.column.map { ":\($0)" } ?? ""
    return "\(file)\(finding.location.line)\(column) \(finding.rule.rawValue)"
  }
}
