extension EnvironmentResolver {
  /// The values that code can list: those of all storages that hold values of the app's own, and of the process's
  /// environment only what variables show of it.
  public var listedValues: [String: Secret] {
    var values: [String: Secret] = [:]
    for storage in storages.values.sorted(by: { $0.id.description < $1.id.description }) {
      for (name, value) in listedValues(in: storage.id, depth: 0) { values[name] = Secret(value) }
    }
    return values
  }

  private func listedValues(in id: EntryID, depth: Int) -> [String: String] {
    guard depth <= Self.maximumDepth, let storage = storages[id] else { return [:] }
    switch storage.backend {
    case .memory: return memory[id] ?? [:]
    case .values(let values): return values.mapValues(\.revealed)
    case .process:
      let shown = variables.values.filter { $0.storage == id }.map(\.storageKey)
      return Dictionary(shown.compactMap { key in process[key].map { (key, $0) } }) { first, _ in first }
    case .file(let path):
      // What cannot be read is left out, as upstream.
      let lines = (try? fileValues(in: expand(path, from: id.namespace, depth: depth))) ?? []
      return Dictionary(lines.map { ($0.key, $0.value) }) { $1 }
    case .router(let storages):
      return storages.reduce(into: [:]) { values, storage in
        values.merge(listedValues(in: storage.id, depth: depth + 1)) { first, _ in first }
      }
    }
  }

  /// Sets a variable, as far as its storage can be written: what stands in entries or belongs to the process cannot.
  ///
  /// - Parameters:
  ///   - name: a variable's public name, or the ID of its entry.
  ///   - namespace: the namespace in which a bare entry name is looked up.
  public mutating func set(
    _ value: String, named name: String, from namespace: String = ""
  ) throws(EnvironmentError) {
    guard let variable = variable(named: name, from: namespace) else { throw .undefined(name: name) }
    if variable.isReadOnly { throw .readOnlyVariable(variable.id) }
    guard var id = variable.storage else { throw .unset(variable: variable.id) }
    // A router writes to its first storage.
    for _ in 0...Self.maximumDepth {
      guard let storage = storages[id] else { throw .storageNotFound(id) }
      switch storage.backend {
      case .memory:
        memory[id, default: [:]][variable.storageKey] = value
        return
      case .values, .process: throw .readOnlyStorage(id)
      case .file: throw .unwritableFile(id)
      case .router(let storages):
        guard let first = storages.first else { throw .storageNotFound(id) }
        id = first.id
      }
    }
    throw .circular(id)
  }
}
