@testable import HindcastRegistry

/// What loading files in memory says, one description a problem: errors, then warnings.
func problems(
  in files: [String: String], environment: [String: String] = [:]
) -> [String] {
  let (registry, errors) = Registry.inspect(.memory(files), processEnvironment: environment)
  return (errors + registry.warnings).map(\.description)
}

/// What loading an `_index.yaml` says that holds these entries in the namespace `app`. The first entry stands at line 3,
/// column 3.
func problems(inEntries entries: String, files: [String: String] = [:]) -> [String] {
  problems(in: files.merging(["_index.yaml": index(entries)]) { $1 })
}

/// A registry file of the namespace `app`.
func index(_ entries: String) -> String { "namespace: app\nentries:\n\(entries)\n" }

/// The entries that most others refer to.
let clientAndWorker =
  "  - {name: client, kind: temporal.client, address: \"localhost:7233\"}\n"
  + "  - {name: worker, kind: temporal.worker, client: app:client, task_queue: q}"
