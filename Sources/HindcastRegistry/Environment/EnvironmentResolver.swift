/// Looks up environment variables as Wippy's environment system does.
///
/// A variable exists when an `env.variable` entry defines it; what the process has in its environment is seen only through
/// an entry whose storage is an `env.storage.os`. An empty stored value counts as none.
public struct EnvironmentResolver: Sendable {
  /// How far storages and placeholders may refer to one another.
  static let maximumDepth = 32
  /// The largest file of `KEY=VALUE` lines that is read, in bytes.
  private static let maximumFileSize = 4 << 20

  private(set) var variables: [EntryID: EnvironmentVariable] = [:]
  private var names: [String: EntryID] = [:]
  private(set) var storages: [EntryID: EnvironmentStorage] = [:]
  /// What storages in memory hold: nothing until it is set.
  var memory: [EntryID: [String: String]] = [:]
  let process: [String: String]
  private let sources: AppSources

  /// Makes a resolver of entries.
  ///
  /// - Parameters:
  ///   - process: the environment that `env.storage.os` shows.
  ///   - sources: where the files of `env.storage.file` are found.
  init(
    variables: [EnvironmentVariable] = [], storages: [EnvironmentStorage] = [], process: [String: String] = [:],
    sources: AppSources = .memory([:])
  ) {
    for variable in variables where self.variables[variable.id] == nil {
      self.variables[variable.id] = variable
      if names[variable.storageKey] == nil { names[variable.storageKey] = variable.id }
    }
    for storage in storages where self.storages[storage.id] == nil { self.storages[storage.id] = storage }
    self.process = process
    self.sources = sources
  }

  /// An environment without variables.
  public static let empty = EnvironmentResolver()

  /// How many variables the entries define.
  var variableCount: Int { variables.count }

  /// The value of a variable.
  ///
  /// - Parameters:
  ///   - name: a variable's public name, or the ID of its entry.
  ///   - namespace: the namespace in which a bare entry name is looked up.
  /// - Throws: ``EnvironmentError`` when there is no such variable, or no value and no default.
  public func value(named name: String, from namespace: String = "") throws(EnvironmentError) -> Secret {
    try value(named: name, from: namespace, depth: 0)
  }

  func value(named name: String, from namespace: String, depth: Int) throws(EnvironmentError) -> Secret {
    guard let variable = variable(named: name, from: namespace) else { throw .undefined(name: name) }
    if depth > Self.maximumDepth { throw .circular(variable.id) }
    guard let storage = variable.storage else { throw .unset(variable: variable.id) }
    if let stored = try storedValue(variable.storageKey, in: storage, depth: depth), !stored.isEmpty {
      return Secret(stored)
    }
    if variable.defaultValue.isEmpty { throw .unset(variable: variable.id) }
    return Secret(try expand(variable.defaultValue.revealed, from: variable.id.namespace, depth: depth + 1))
  }

  func variable(named name: String, from namespace: String) -> EnvironmentVariable? {
    if let id = names[name] { return variables[id] }
    let id = EntryID(parsing: name)
    if !namespace.isEmpty, let variable = variables[id.withDefaultNamespace(namespace)] { return variable }
    return variables[id]
  }

  private func storedValue(_ key: String, in id: EntryID, depth: Int) throws(EnvironmentError) -> String? {
    if depth > Self.maximumDepth { throw .circular(id) }
    guard let storage = storages[id] else { throw .storageNotFound(id) }
    switch storage.backend {
    case .process:
      return process[key]
    case .memory:
      return memory[id]?[key]
    case .values(let values):
      guard let value = values[key] else { return nil }
      return try expand(value.revealed, from: id.namespace, depth: depth + 1)
    case .file(let path):
      return try fileValue(key, in: try expand(path, from: id.namespace, depth: depth + 1))
    case .router(let storages):
      for storage in storages {
        // The first storage that has the key answers, even with an empty value.
        if let value = try storedValue(key, in: storage.id, depth: depth + 1) { return value }
      }
      return nil
    }
  }

  /// The first value of a key in a file of `KEY=VALUE` lines.
  private func fileValue(_ key: String, in path: String) throws(EnvironmentError) -> String? {
    try fileValues(in: path).first { $0.key == key }?.value
  }

  /// The lines of a file of `KEY=VALUE` lines, in which `#` starts a comment; a missing file is empty.
  func fileValues(in path: String) throws(EnvironmentError) -> [(key: String, value: String)] {
    let text: String
    do {
      text = try sources.read(path, limit: Self.maximumFileSize).text
    } catch {
      if error.isMissingFile { return [] }
      throw .unreadable(file: path, reason: "\(error)")
    }
    return text.split(whereSeparator: \.isNewline).compactMap { line in
      let content = line.prefix { $0 != "#" }
      guard let equals = content.firstIndex(of: "=") else { return nil }
      return (trimmed(content[..<equals]), trimmed(content[content.index(after: equals)...]))
    }
  }

  private func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    let end = start.lastIndex { !$0.isWhitespace }
    return end.map { String(start[...$0]) } ?? ""
  }
}
