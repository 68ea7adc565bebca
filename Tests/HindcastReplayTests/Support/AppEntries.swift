/// The registry entries of a small Lua app, each of whose parts is a file of its name.
enum AppEntries {
  /// The text of an `_index.yaml`: a client, a worker, and what runs on it.
  ///
  /// - Parameters:
  ///   - workflows: The modules of each workflow, in order.
  ///   - activities: The functions that are activities.
  ///   - more: Further entries as they are to stand in the list.
  static func yaml(
    workflows: KeyValuePairs<String, [String]>, activities: [String] = [], more: String = ""
  ) -> String {
    var text = """
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

      """
    for (name, modules) in workflows {
      text += """
          - name: \(name)
            kind: workflow.lua
            source: file://\(name).lua
            method: main
            modules: [\(modules.joined(separator: ", "))]
            meta: {temporal: {workflow: {worker: app:worker}}}

        """
    }
    for name in activities {
      text += """
          - name: \(name)
            kind: function.lua
            source: file://\(name).lua
            method: main
            meta: {temporal: {activity: {worker: app:worker}}}

        """
    }
    return text + more
  }
}
