import Foundation

/// What a schema may say.
extension JSONSchema {
  private static let annotations: Set<String> = [
    "$schema", "$id", "$anchor", "$comment", "title", "description", "default", "examples",
    "deprecated", "readOnly", "writeOnly", "format", "contentEncoding", "contentMediaType", "contentSchema",
  ]
  private static let schemas: Set<String> = [
    "items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else",
  ]
  private static let schemaLists: Set<String> = ["prefixItems", "allOf", "anyOf", "oneOf"]
  private static let schemaMaps: Set<String> = [
    "properties", "patternProperties", "dependentSchemas", "$defs", "definitions",
  ]
  private static let values: Set<String> = [
    "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minContains", "maxContains", "required",
    "minProperties", "maxProperties", "dependentRequired", "$ref",
  ]

  func check(_ schema: GoValue, at path: String) throws(Problem) {
    if case .bool = schema { return }
    guard case .object(let fields) = schema else {
      throw Problem(path: path, message: "a schema is an object or a boolean")
    }
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
      let place = "\(path)/\(name)"
      if Self.schemas.contains(name) {
        try check(value, at: place)
      } else if Self.schemaLists.contains(name) {
        guard case .array(let list) = value else { throw Problem(path: place, message: "a list is expected") }
        for (index, item) in list.enumerated() { try check(item, at: "\(place)/\(index)") }
      } else if Self.schemaMaps.contains(name) {
        guard case .object(let map) = value else { throw Problem(path: place, message: "an object is expected") }
        for (key, item) in map.sorted(by: { $0.key < $1.key }) {
          if name == "patternProperties" { _ = try Self.expression(key, at: place) }
          try check(item, at: "\(place)/\(key)")
        }
      } else if name == "pattern" {
        guard let text = value.string else { throw Problem(path: place, message: "a string is expected") }
        _ = try Self.expression(text, at: place)
      } else if name == "$ref" {
        guard let text = value.string, resolve(text) != nil else {
          throw Problem(path: place, message: "\(value.text) leads nowhere in this schema")
        }
      } else if !Self.values.contains(name), !Self.annotations.contains(name), !name.hasPrefix("x-") {
        throw Problem(path: place, message: "the keyword is not available in Hindcast yet")
      }
    }
  }

  static func expression(_ pattern: String, at path: String) throws(Problem) -> RegularExpression {
    do throws(RegularExpression.SyntaxError) {
      return try RegularExpression(pattern)
    } catch {
      throw Problem(path: path, message: error.description)
    }
  }

  /// What `#` or `#/a/b` stands for.
  func resolve(_ reference: String) -> GoValue? {
    guard reference.hasPrefix("#") else { return nil }
    var value = root
    for part in reference.dropFirst().split(separator: "/") {
      let name = part.replacingOccurrences(of: "~1", with: "/").replacingOccurrences(of: "~0", with: "~")
      switch value {
      case .object(let fields):
        guard let next = fields[name] else { return nil }
        value = next
      case .array(let items):
        guard let index = Int(name), items.indices.contains(index) else { return nil }
        value = items[index]
      default: return nil
      }
    }
    return value
  }
}
