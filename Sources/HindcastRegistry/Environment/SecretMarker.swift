/// Marks the values of an entry that no description may show.
enum SecretMarker {
  /// Parts of a field's name that tell of a secret, for kinds without a table.
  private static let words = ["password", "secret", "token", "api_key", "apikey", "private_key", "credential"]

  /// Marks what the table of the entry's kind says is secret.
  static func marking(_ map: ConfigurationMap, by fields: [FieldDescriptor]) -> ConfigurationMap {
    map.mapValues { entryField in
      guard let field = fields.first(where: { $0.name == entryField.name }) else { return entryField.value }
      if field.isSecret { return hidden(entryField.value) }
      guard !field.fields.isEmpty, let nested = entryField.value.map else { return entryField.value }
      var value = entryField.value
      value.content = .map(marking(nested, by: field.fields))
      return value
    }
  }

  /// Marks what the names say is secret.
  static func marking(_ map: ConfigurationMap) -> ConfigurationMap {
    map.mapValues { field in
      let name = field.name.lowercased()
      if words.contains(where: name.contains) { return hidden(field.value) }
      guard let nested = field.value.map else { return field.value }
      var value = field.value
      value.content = .map(marking(nested))
      return value
    }
  }

  /// A value that is not shown, nor is anything in it.
  private static func hidden(_ value: ConfigurationValue) -> ConfigurationValue {
    var value = value
    value.isSecret = true
    switch value.content {
    case .list(let elements): value.content = .list(elements.map(hidden))
    case .map(let map): value.content = .map(map.mapValues { hidden($0.value) })
    case .null, .bool, .int, .float, .string: break
    }
    return value
  }
}
