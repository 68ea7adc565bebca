/// Checks that no two entries claim one name.
enum NameChecks {
  /// Workflows and activities that a worker would register twice.
  static func registrations(_ entries: [LuaEntry]) -> [RegistryError] {
    var problems: [RegistryError] = []
    for (sort, registrations) in [
      ("workflow", entries.compactMap { entry in entry.workflow.map { (entry, $0) } }),
      ("activity", entries.compactMap { entry in entry.activity.map { (entry, $0) } }),
    ] {
      var first: [EntryID: [String: LuaEntry]] = [:]
      for (entry, registration) in registrations {
        guard let other = first[registration.worker]?[registration.name] else {
          first[registration.worker, default: [:]][registration.name] = entry
          continue
        }
        problems.append(
          RegistryError(
            "\(sort) \(registration.name) already registered", kind: .alreadyExists, at: registration.position,
            entry: entry.id, hint: "\(other.id) at \(other.position) has that name on \(registration.worker)"))
      }
    }
    return problems
  }

  /// Environment variables of one public name.
  static func variables(_ variables: [EnvironmentVariable], entries: [RegistryEntry]) -> [RegistryError] {
    var first: [String: EntryID] = [:]
    let positions = Dictionary(entries.map { ($0.id, $0.data["variable"]?.position ?? $0.position) }) { first, _ in
      first
    }
    return variables.compactMap { variable in
      guard let other = first[variable.storageKey] else {
        first[variable.storageKey] = variable.id
        return nil
      }
      return RegistryError(
        "variable name already exists: \(variable.storageKey)", kind: .alreadyExists, at: positions[variable.id],
        entry: variable.id, hint: "\(other) has that name")
    }
  }
}
