extension EnvironmentResolver: CustomStringConvertible, CustomReflectable {
  /// How many variables there are; no name, no value.
  public var description: String { "EnvironmentResolver(\(variableCount) variables)" }

  /// No children, so that `dump` and the debugger give no value away.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension EnvironmentResolver {
  /// What became of a value's placeholders.
  public struct Substitution: Sendable {
    /// The value with every placeholder filled in that has a value; the others stand as they were written.
    public var value: ConfigurationValue
    /// The placeholders without a value.
    public var errors: [RegistryError]
  }

  /// Fills in the placeholders of a value: `${env:NAME}`, `${env:NAME|default}`, `${NAME|default}`; `$${` is a literal
  /// `${`.
  ///
  /// A text that is one placeholder takes the type of its inline default where that is a boolean or number. Texts that
  /// hold a value of the environment are secret.
  ///
  /// - Parameter entry: the entry that the value belongs to; bare names are looked up in its namespace.
  public func substitute(_ value: ConfigurationValue, of entry: EntryID) -> Substitution {
    var errors: [RegistryError] = []
    let value = substitute(value, of: entry, errors: &errors)
    return Substitution(value: value, errors: errors)
  }

  private func substitute(
    _ value: ConfigurationValue, of entry: EntryID, errors: inout [RegistryError]
  ) -> ConfigurationValue {
    var result = value
    switch value.content {
    case .null, .bool, .int, .float:
      break
    case .list(let elements):
      result.content = .list(elements.map { substitute($0, of: entry, errors: &errors) })
    case .map(let map):
      result.content = .map(map.mapValues { substitute($0.value, of: entry, errors: &errors) })
    case .string(let text):
      if text.utf8.contains(UInt8(ascii: "$")) { fill(text, of: entry, into: &result, errors: &errors) }
    }
    return result
  }

  private func fill(
    _ text: String, of entry: EntryID, into value: inout ConfigurationValue, errors: inout [RegistryError]
  ) {
    let parts = TextPart.parse(text)
    var filled = ""
    var isUnresolved = false
    var hasPlaceholder = false
    for part in parts {
      switch part {
      case .literal(let literal):
        filled += literal
      case .placeholder(let placeholder):
        hasPlaceholder = true
        do {
          let found = try self.value(of: placeholder, from: entry.namespace, depth: 0)
          filled += found.text
          if found.isFromEnvironment { value.isSecret = true }
        } catch {
          isUnresolved = true
          errors.append(
            RegistryError(
              "\(placeholder.written): \(error)", kind: error.kind, at: value.position, entry: entry, hint: error.hint))
        }
      }
    }
    if isUnresolved {
      value.isUnresolved = true
      return
    }
    value.content = .string(filled)
    guard hasPlaceholder else { return }
    value.environmentText = filled
    if case .placeholder(let placeholder) = parts[0], parts.count == 1 {
      value.content = Self.coerced(filled, like: placeholder.inlineDefault)
    }
  }

  /// The text as a boolean or number where the inline default is one.
  private static func coerced(_ text: String, like inlineDefault: String?) -> ConfigurationValue.Content {
    guard let inlineDefault else { return .string(text) }
    let scalar = ScalarContent(plain: text)
    switch (ScalarContent(plain: inlineDefault), scalar) {
    case (.bool, .bool), (.int, .int), (.float, .float), (.float, .int): return scalar.content
    default: return .string(text)
    }
  }

  private func value(
    of placeholder: Placeholder, from namespace: String, depth: Int
  ) throws(EnvironmentError) -> (text: String, isFromEnvironment: Bool) {
    do {
      return (try value(named: placeholder.name, from: namespace, depth: depth).revealed, true)
    } catch {
      // The inline default is the last resort, behind the variable's own; a storage that fails is an error all the same.
      if error.isAbsence, let inlineDefault = placeholder.inlineDefault { return (inlineDefault, false) }
      throw error
    }
  }

  /// Fills in the placeholders of a text inside an environment entry.
  func expand(_ text: String, from namespace: String, depth: Int) throws(EnvironmentError) -> String {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
    var filled = ""
    for part in TextPart.parse(text) {
      switch part {
      case .literal(let literal): filled += literal
      case .placeholder(let placeholder): filled += try value(of: placeholder, from: namespace, depth: depth).text
      }
    }
    return filled
  }
}
