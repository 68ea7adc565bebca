/// Cuts the value of a registry file into its entries.
struct EntryParser {
  /// The most fields of a file's `meta` times the number of its entries, which all get a copy.
  private static let mergeLimit = 100_000

  private let namespace: String
  private let fileMeta: ConfigurationMap
  private(set) var entries: [RegistryEntry] = []
  private(set) var problems: [RegistryError] = []
  /// Whether the file has entries, or room for them.
  private(set) var hasEntries = true

  /// Cuts a file; `path` tells `_index.yaml` from files that only happen to have a namespace.
  ///
  /// - Returns: `nil` when the value is no registry file: when it is no map with a namespace that is not blank.
  init?(_ value: ConfigurationValue, path: String) {
    guard let map = value.map, let namespaceValue = map["namespace"] else { return nil }
    let written = namespaceValue.string ?? ""
    if namespaceValue.isNull || (namespaceValue.string != nil && written.allSatisfy(\.isWhitespace)) { return nil }
    namespace = written
    fileMeta = map["meta"]?.map ?? ConfigurationMap()
    guard namespaceValue.string != nil else {
      if map["entries"] != nil {
        report(
          "namespace must be a string, got \(namespaceValue.typeName)", at: namespaceValue.position,
          hint: "put it in quotes")
      }
      return
    }
    if let meta = map["meta"], !meta.isNull, meta.map == nil {
      report("meta must be a map, got \(meta.typeName)", at: meta.position)
    }
    if let list = map["entries"] {
      parse(list, of: map)
    } else if map["name"] != nil || map["kind"] != nil {
      let data = map.removing(["namespace", "name", "kind", "meta", "version", "requirements", "entries"])
      parse(map, at: value.position, prefix: "", data: data)
    } else {
      reportNoEntries(map, at: value.position, path: path)
    }
  }

  private mutating func parse(_ list: ConfigurationValue, of map: ConfigurationMap) {
    for field in map.fields where !RegistryFile.topLevelKeys.contains(field.name) {
      report(
        "unknown field \(quoted(field.name)) beside entries is ignored", at: field.position, severity: .warning,
        hint: didYouMean(field.name, among: RegistryFile.topLevelKeys))
    }
    if list.isNull { return }
    guard let elements = list.list else {
      report(
        "entries must be a list, got \(list.typeName)", at: list.position, hint: "start every entry with '- name:'")
      return
    }
    if fileMeta.count * elements.count > Self.mergeLimit, let meta = map["meta"] {
      report("meta is too large to be merged into \(elements.count) entries", at: meta.position)
      return
    }
    for (index, element) in elements.enumerated() {
      guard let entry = element.map else {
        report("entry[\(index)] must be a map, got \(element.typeName)", at: element.position)
        continue
      }
      let data = entry["data"]?.map ?? entry.removing(["name", "kind", "meta", "data"])
      parse(entry, at: element.position, prefix: "entry[\(index)].", data: data)
    }
  }

  private mutating func parse(
    _ map: ConfigurationMap, at position: SourcePosition, prefix: String, data: ConfigurationMap
  ) {
    let words = ["name", "kind"].map { key -> String? in
      if let text = map[key]?.string, !text.isEmpty { return text }
      let typo = map.fields.first { map[key] == nil && nearest(to: $0.name, among: [key]) != nil }
      report(
        "\(prefix)\(key): \(key) is required and must be a non-empty string",
        at: map[key]?.position ?? typo?.position ?? position,
        hint: typo.map { "did you mean '\(key)' instead of '\($0.name)'?" })
      return nil
    }
    guard let name = words[0], let kind = words[1] else { return }
    let id = EntryID(namespace: namespace, name: name)
    if let data = map["data"], !data.isNull, data.map == nil, !prefix.isEmpty {
      problems.append(RegistryError("data must be a map, got \(data.typeName)", at: data.position, entry: id))
    }
    if let meta = map["meta"], !meta.isNull, meta.map == nil {
      problems.append(RegistryError("meta must be a map, got \(meta.typeName)", at: meta.position, entry: id))
    }
    var meta = map["meta"]?.map ?? ConfigurationMap()
    for field in fileMeta.fields { meta.insert(field) }
    entries.append(RegistryEntry(id: id, kind: kind, position: position, meta: meta, data: data))
  }

  /// A `namespace` alone does not make a registry file: other tools' files have one. It is an error only in an
  /// `_index.yaml`, or where another key was likely meant as `entries`.
  private mutating func reportNoEntries(_ map: ConfigurationMap, at position: SourcePosition, path: String) {
    hasEntries = false
    let typo = map.fields.first { $0.name != "namespace" && nearest(to: $0.name, among: ["entries"]) != nil }
    let isMeant = typo != nil || Path.name(path).hasPrefix("_index.")
    report(
      "either entries array or single entry (name/kind) must be provided", at: typo?.position ?? position,
      severity: isMeant ? .error : .warning, hint: typo.map { "did you mean 'entries' instead of '\($0.name)'?" })
  }

  private mutating func report(
    _ message: String, at position: SourcePosition, severity: RegistryError.Severity = .error, hint: String? = nil
  ) {
    problems.append(RegistryError(message, severity: severity, at: position, hint: hint))
  }
}
