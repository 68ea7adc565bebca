/// Reads the fields of one entry by their tables, and collects everything that is wrong with them.
struct FieldReader {
  /// What the name of a field ends in that names an environment variable for the field without it.
  private static let variableSuffix = "_env"

  /// The entry whose fields are read.
  let entry: EntryID
  /// Where `${env:…}` and the `_env` fields find their values.
  let environment: EnvironmentResolver
  /// What was found wrong so far.
  private(set) var problems: [RegistryError] = []
  /// The names of the objects round the field that is being read.
  private var path: [String] = []

  init(entry: EntryID, environment: EnvironmentResolver) {
    self.entry = entry
    self.environment = environment
  }

  /// Reads `map` into `target`: every known field by its row, and an error for every other.
  ///
  /// - Parameter name: the name of the field that holds the map; `nil` for the entry itself.
  mutating func read<Target: Configurable>(
    _ map: ConfigurationMap, at position: SourcePosition, into target: inout Target, path name: String? = nil
  ) {
    if let name { path.append(name) }
    let fields = Target.fields
    func known(_ name: some StringProtocol) -> Field<Target>? { fields.first { $0.descriptor.name == name } }
    for entryField in map.fields {
      if let field = known(entryField.name) {
        // A null is an absent field, as it is for the runtime.
        if !entryField.value.isNull { field.read(entryField.value, &target, &self) }
      } else if !entryField.name.hasSuffix(Self.variableSuffix) || known(entryField.name.dropLast(4)) == nil {
        unknownField(entryField, known: fields.map(\.descriptor.name), isOpen: Target.isOpen)
      }
    }
    // `field_env: NAME` wins over `field`, wherever either stands.
    for entryField in map.fields where entryField.name.hasSuffix(Self.variableSuffix) && known(entryField.name) == nil {
      guard let field = known(entryField.name.dropLast(4)), let value = variable(named: entryField) else { continue }
      field.read(value, &target, &self)
    }
    target.validate(map, at: position, in: &self)
    if name != nil { path.removeLast() }
  }

  /// Adds a problem of this entry.
  mutating func report(
    _ message: String, at position: SourcePosition, kind: RegistryError.Kind = .invalid,
    severity: RegistryError.Severity = .error, hint: String? = nil
  ) {
    problems.append(
      RegistryError(message, kind: kind, severity: severity, at: position, entry: entry, hint: hint))
  }

  /// The full name of a field, as in `worker_options.identity`.
  private func qualified(_ name: String) -> String { (path + [name]).joined(separator: ".") }

  private mutating func unknownField(_ field: ConfigurationMap.Field, known: [String], isOpen: Bool) {
    let hasHint = problems.count < suggestionLimit
    let suggestion = hasHint ? didYouMean(field.name, among: known) : nil
    let isIgnored = isOpen && suggestion == nil
    report(
      "unknown field \(quoted(qualified(field.name)))\(isIgnored ? " is ignored" : "")", at: field.position,
      severity: isIgnored ? .warning : .error,
      hint: hasHint ? suggestion ?? "known fields: " + known.joined(separator: ", ") : nil)
  }

  /// The value of the environment variable that a `field_env` names, for the field without the suffix; `nil` where the
  /// variable has none, which leaves the field as it is.
  private mutating func variable(named field: ConfigurationMap.Field) -> ConfigurationValue? {
    guard let name = string(field.value, field.name), !name.isEmpty else { return nil }
    do {
      let text = try environment.value(named: name, from: entry.namespace).revealed
      var value = ConfigurationValue(.string(text), at: field.value.position, isSecret: true)
      value.environmentText = text
      return value
    } catch .unset {
      return nil
    } catch {
      report(
        "\(qualified(field.name)) names \(quoted(name)): \(error)", at: field.value.position, kind: error.kind,
        severity: .warning, hint: error.hint)
      return nil
    }
  }

  mutating func unknownWord(
    _ word: String, of words: [String], in value: ConfigurationValue, _ name: String, isOpen: Bool,
    wording: ((String) -> String)?
  ) {
    let hint = didYouMean(word, among: words) ?? "one of " + words.joined(separator: ", ")
    let shown = value.isSecret ? Secret.mask : word
    let message = wording?(shown) ?? "\(qualified(name)) cannot be \(quoted(shown))"
    report(message, at: value.position, severity: isOpen ? .warning : .error, hint: hint)
  }

  private mutating func mismatch(_ value: ConfigurationValue, _ name: String, _ expected: String, hint: String? = nil) {
    let got = value.environmentText == nil ? value.typeName : "a value from the environment that is not"
    report("\(qualified(name)) must be \(expected), got \(got)", at: value.position, hint: hint)
  }
}

extension ConfigurationMap {
  /// Whether a field is absent, null or an empty string. A field of the wrong type is none of these: what is wrong with
  /// it has been said.
  func isBlank(_ name: String) -> Bool {
    guard let value = self[name] else { return true }
    return value.isNull || (value.environmentText ?? value.string)?.isEmpty ?? false
  }
}

extension FieldReader {
  mutating func string(_ value: ConfigurationValue, _ name: String) -> String? {
    if let text = value.environmentText ?? value.string { return text }
    let hint: String? =
      switch value.content {
      case .bool, .int, .float: value.isSecret ? "put it in quotes" : "put it in quotes: \"\(value)\""
      default: nil
      }
    mismatch(value, name, "a string", hint: hint)
    return nil
  }

  mutating func bool(_ value: ConfigurationValue, _ name: String) -> Bool? {
    if value.isUnresolved { return nil }
    if let bool = scalar(value).asBool { return bool }
    let yesNo = ["yes": "true", "on": "true", "no": "false", "off": "false"]
    let word = value.isSecret ? nil : value.string.flatMap { yesNo[$0.lowercased()] }
    mismatch(value, name, "true or false", hint: word.map { "write \($0)" })
    return nil
  }

  mutating func int(_ value: ConfigurationValue, _ name: String) -> Int? {
    if value.isUnresolved { return nil }
    if let int = scalar(value).asInt.flatMap({ Int(exactly: $0) }) { return int }
    mismatch(value, name, "an integer")
    return nil
  }

  mutating func number(_ value: ConfigurationValue, _ name: String) -> Double? {
    if value.isUnresolved { return nil }
    if let number = scalar(value).asNumber, number.isFinite { return number }
    mismatch(value, name, "a number")
    return nil
  }

  mutating func duration(_ value: ConfigurationValue, _ name: String) -> GoDuration? {
    if value.isUnresolved { return nil }
    guard let text = value.environmentText ?? value.string else {
      let hint = value.int.map { "write \"\($0)s\" for seconds or \"\($0)ms\" for milliseconds" }
      report(
        "invalid \(name): must be a duration string such as \"10s\", got \(value.typeName)", at: value.position,
        hint: hint)
      return nil
    }
    // An empty string is an absent field, as it is for the runtime.
    if text.isEmpty { return nil }
    do {
      return try GoDuration(parsing: text)
    } catch {
      let reason = value.isSecret ? "the value from the environment is no duration" : "\(error)"
      report("invalid \(name): \(reason)", at: value.position, hint: "for example \"10s\", \"1m30s\" or \"500ms\"")
      return nil
    }
  }

  /// An entry's ID: `ns:name`, or a map of `ns` and `name`.
  mutating func reference(_ value: ConfigurationValue, _ name: String) -> Reference? {
    if let text = value.environmentText ?? value.string {
      return text.isEmpty ? nil : Reference(id: EntryID(parsing: text), position: value.position)
    }
    if let map = value.map, let entryName = map["name"]?.string, map.names.allSatisfy({ ["ns", "name"].contains($0) }) {
      return Reference(id: EntryID(namespace: map["ns"]?.string ?? "", name: entryName), position: value.position)
    }
    mismatch(value, name, "an entry ID (namespace:name)")
    return nil
  }

  mutating func references(_ value: ConfigurationValue, _ name: String) -> [Reference]? {
    elements(value, name, "a list of entry IDs")?.compactMap { reference($0, name) }
  }

  mutating func names(_ value: ConfigurationValue, _ name: String) -> [PositionedName]? {
    elements(value, name, "a list of strings")?.compactMap { element in
      string(element, name).map { PositionedName(name: $0, position: element.position) }
    }
  }

  mutating func imports(_ value: ConfigurationValue, _ name: String) -> [LuaImport]? {
    map(value, name)?.fields.compactMap { field in
      reference(field.value, "\(name).\(field.name)").map {
        LuaImport(alias: field.name, id: $0.id, position: $0.position)
      }
    }
  }

  mutating func source(_ value: ConfigurationValue, _ name: String) -> LuaSource? {
    guard !value.isUnresolved, let text = string(value, name) else { return nil }
    let place = value.text ?? SourceText(file: value.position.file, relativePath: value.position.file)
    return LuaSource(bytes: place.bytes ?? Array(text.utf8), place: place, position: value.position)
  }

  mutating func strings(_ value: ConfigurationValue, _ name: String) -> [String: String]? {
    guard let map = map(value, name) else { return nil }
    var strings: [String: String] = [:]
    for field in map.fields { strings[field.name] = string(field.value, "\(name).\(field.name)") }
    return strings
  }

  mutating func map(_ value: ConfigurationValue, _ name: String) -> ConfigurationMap? {
    if let map = value.map { return map }
    mismatch(value, name, "a map")
    return nil
  }

  private mutating func elements(
    _ value: ConfigurationValue, _ name: String, _ expected: String
  ) -> [ConfigurationValue]? {
    if let list = value.list { return list }
    mismatch(value, name, expected, hint: value.string == nil ? nil : "put it in brackets: [\(value)]")
    return nil
  }

  /// What was written, or what the text from the environment reads as.
  private func scalar(_ value: ConfigurationValue) -> ScalarContent {
    if let text = value.environmentText { return ScalarContent(plain: text) }
    return ScalarContent(value.content)
  }
}
