/// Checks that what entries name exists and is of the right kind.
struct ReferenceChecks {
  let entries: [RegistryEntry]
  /// The kind of every entry.
  let kinds: [EntryID: String]
  private(set) var problems: [RegistryError] = []

  init(_ entries: [RegistryEntry]) {
    self.entries = entries
    kinds = Dictionary(entries.map { ($0.id, $0.kind) }) { first, _ in first }
  }

  mutating func check(_ client: TemporalClientConfiguration) { check(client.lifecycle, of: client.id) }

  /// Checks a worker, and looks a client without a namespace up in the worker's own.
  mutating func check(_ worker: inout TemporalWorkerConfiguration) {
    check(worker.lifecycle, of: worker.id)
    guard let reference = worker.clientReference else { return }
    if kinds[worker.client] == nil { worker.client = worker.client.withDefaultNamespace(worker.id.namespace) }
    expect(.temporalClient, worker.client, named: "client", at: reference.position, of: worker.id)
  }

  mutating func check(_ entry: LuaEntry) {
    for registration in [entry.workflow, entry.activity] {
      guard let registration else { continue }
      expect(.temporalWorker, registration.worker, named: "worker", at: registration.position, of: entry.id)
    }
  }

  mutating func check(_ variable: EnvironmentVariable) {
    if let reference = variable.storageReference { expectStorage(reference, of: variable.id) }
  }

  mutating func check(_ storage: EnvironmentStorage) {
    guard case .router(let storages) = storage.backend else { return }
    for reference in storages {
      if reference.id.namespace.isEmpty || reference.id.name.isEmpty {
        report(
          "invalid storage ID format, must have both namespace and name", .invalid, at: reference.position,
          of: storage.id)
      } else {
        expectStorage(reference, of: storage.id)
      }
    }
  }

  private mutating func check(_ lifecycle: LifecycleConfiguration, of entry: EntryID) {
    for (name, references) in [("requires", lifecycle.requires), ("depends_on", lifecycle.dependsOn)] {
      for reference in references {
        if reference.id == entry {
          report("lifecycle.\(name) names the entry itself", .invalid, at: reference.position, of: entry)
        } else if kinds[reference.id] == nil {
          reportMissing(reference.id, named: "lifecycle.\(name)", at: reference.position, of: entry, kind: nil)
        }
      }
    }
  }

  private mutating func expect(
    _ kind: EntryKind, _ id: EntryID, named name: String, at position: SourcePosition, of entry: EntryID
  ) {
    guard let actual = kinds[id] else {
      reportMissing(id, named: name, at: position, of: entry, kind: kind)
      return
    }
    if actual != kind.rawValue {
      report("\(name) must be a \(kind.rawValue), but \(id) is a \(actual)", .invalid, at: position, of: entry)
    }
  }

  private mutating func expectStorage(_ reference: Reference, of entry: EntryID) {
    guard !reference.id.namespace.isEmpty, !reference.id.name.isEmpty else { return }
    guard let kind = kinds[reference.id] else {
      reportMissing(
        reference.id, named: "environment storage backend not found: storage", at: reference.position, of: entry,
        kind: nil)
      return
    }
    if !kind.hasPrefix("env.storage.") {
      report(
        "storage must be an env.storage entry, but \(reference.id) is a \(kind)", .invalid, at: reference.position,
        of: entry)
    }
  }

  private mutating func reportMissing(
    _ id: EntryID, named name: String, at position: SourcePosition, of entry: EntryID, kind: EntryKind?
  ) {
    let known =
      problems.count >= suggestionLimit
      ? [] : entries.filter { kind == nil || $0.kind == kind?.rawValue }.map(\.id.description)
    let own = id.withDefaultNamespace(entry.namespace)
    let inNamespace = kinds[own] == nil || own == id ? nil : "write \(own)"
    let only = known.count == 1 && kind != nil ? "the only \(kind?.rawValue ?? "") is \(known[0])" : nil
    report(
      "\(name) \(id) does not exist", .notFound, at: position, of: entry,
      hint: inNamespace ?? didYouMean(id.description, among: known) ?? only)
  }

  private mutating func report(
    _ message: String, _ kind: RegistryError.Kind, at position: SourcePosition, of entry: EntryID, hint: String? = nil
  ) {
    problems.append(RegistryError(message, kind: kind, at: position, entry: entry, hint: hint))
  }
}
