/// A JSON Schema (2020-12), as far as `json.validate` needs it. Formats are annotations, as the standard has it.
///
/// A keyword that would decide and is not known here is an error of the schema: nothing counts as valid unchecked.
struct JSONSchema {
  /// Why a schema cannot be used, or why a value is not valid under it.
  struct Problem: Error, CustomStringConvertible {
    /// Where in the value, or in the schema, as a JSON pointer; empty: the whole.
    var path: String
    var message: String
    var description: String { path.isEmpty ? message : "\(path): \(message)" }
  }

  /// How deep schemas may lead from one to the next for one value, so that those that refer to themselves end.
  private static let deepest = 200

  let root: GoValue

  /// Checks the schema's own form.
  init(_ schema: GoValue) throws(Problem) {
    root = schema
    try check(schema, at: "")
  }

  /// Throws the first reason why a value is not valid.
  func validate(_ value: GoValue) throws(Problem) { try validate(value, root, at: "", depth: 0) }

  private func isValid(_ value: GoValue, _ schema: GoValue, depth: Int) throws(Problem) -> Bool {
    if depth > Self.deepest { throw Problem(path: "", message: "the schema leads in a circle") }
    do throws(Problem) {
      try validate(value, schema, at: "", depth: depth)
      return true
    } catch {
      return false
    }
  }

  private func validate(_ value: GoValue, _ schema: GoValue, at path: String, depth: Int) throws(Problem) {
    guard depth <= Self.deepest else { throw Problem(path: path, message: "the schema leads in a circle") }
    switch schema {
    case .bool(true): return
    case .object(let keywords):
      if let target = keywords["$ref"]?.string, let schema = resolve(target) {
        try validate(value, schema, at: path, depth: depth + 1)
      }
      try validateAny(value, keywords, at: path)
      try validateCombined(value, keywords, at: path, depth: depth)
      switch value {
      case .string(let text): try validate(text, keywords, at: path)
      case .int(let number): try validate(Double(number), keywords, at: path)
      case .double(let number): try validate(number, keywords, at: path)
      case .array(let items): try validate(items, keywords, at: path, depth: depth)
      case .object(let fields): try validate(fields, keywords, at: path, depth: depth)
      case .null, .bool: break
      }
    default: throw Problem(path: path, message: "nothing is allowed here")
    }
  }

  private func validateAny(_ value: GoValue, _ keywords: [String: GoValue], at path: String) throws(Problem) {
    if let type = keywords["type"] {
      let types: [String]
      if case .array(let list) = type { types = list.compactMap(\.string) } else { types = [type.string ?? ""] }
      if !types.contains(where: { Self.isOf($0, value) }) {
        throw Problem(path: path, message: "is \(Self.type(of: value)), should be \(types.joined(separator: " or "))")
      }
    }
    if case .array(let allowed)? = keywords["enum"], !allowed.contains(where: { Self.equal($0, value) }) {
      throw Problem(path: path, message: "is none of the allowed values")
    }
    if let constant = keywords["const"], !Self.equal(constant, value) {
      throw Problem(path: path, message: "is not the one allowed value")
    }
  }

  private func validateCombined(
    _ value: GoValue, _ keywords: [String: GoValue], at path: String, depth: Int
  ) throws(Problem) {
    if case .array(let all)? = keywords["allOf"] {
      for schema in all { try validate(value, schema, at: path, depth: depth + 1) }
    }
    func matches(_ name: String) throws(Problem) -> Int? {
      guard case .array(let schemas)? = keywords[name] else { return nil }
      var count = 0
      for schema in schemas where try isValid(value, schema, depth: depth + 1) { count += 1 }
      return count
    }
    if try matches("anyOf") == 0 { throw Problem(path: path, message: "matches none of anyOf") }
    if let count = try matches("oneOf"), count != 1 {
      throw Problem(path: path, message: "matches \(count) of oneOf, should match one")
    }
    if let schema = keywords["not"], try isValid(value, schema, depth: depth + 1) {
      throw Problem(path: path, message: "matches what it must not")
    }
    if let condition = keywords["if"] {
      let branch = try isValid(value, condition, depth: depth + 1) ? "then" : "else"
      if let schema = keywords[branch] { try validate(value, schema, at: path, depth: depth + 1) }
    }
  }

  private func validate(_ text: String, _ keywords: [String: GoValue], at path: String) throws(Problem) {
    let count = Double(text.unicodeScalars.count)
    try Self.bound(count, keywords, "minLength", "maxLength", "characters", at: path)
    if let pattern = keywords["pattern"]?.string, !(try Self.expression(pattern, at: path)).matches(Array(text.utf8)) {
      throw Problem(path: path, message: "does not match the pattern \(pattern)")
    }
  }

  private func validate(_ number: Double, _ keywords: [String: GoValue], at path: String) throws(Problem) {
    let bounds: [(String, (Double, Double) -> Bool, String)] = [
      ("minimum", { $0 >= $1 }, "at least"), ("maximum", { $0 <= $1 }, "at most"),
      ("exclusiveMinimum", { $0 > $1 }, "more than"), ("exclusiveMaximum", { $0 < $1 }, "less than"),
    ]
    for (name, holds, words) in bounds {
      if let bound = keywords[name]?.number, !holds(number, bound) {
        throw Problem(
          path: path, message: "is \(GoNumber.general(number)), should be \(words) \(GoNumber.general(bound))")
      }
    }
    if let step = keywords["multipleOf"]?.number, step > 0 {
      let quotient = number / step
      if abs(quotient - quotient.rounded()) > 1e-9 {
        throw Problem(path: path, message: "is no multiple of \(GoNumber.general(step))")
      }
    }
  }

  private func validate(
    _ items: [GoValue], _ keywords: [String: GoValue], at path: String, depth: Int
  ) throws(Problem) {
    try Self.bound(Double(items.count), keywords, "minItems", "maxItems", "items", at: path)
    var first = 0
    if case .array(let schemas)? = keywords["prefixItems"] {
      for (index, schema) in schemas.enumerated() where index < items.count {
        try validate(items[index], schema, at: "\(path)/\(index)", depth: depth + 1)
      }
      first = schemas.count
    }
    if let schema = keywords["items"] {
      for (index, item) in items.enumerated().dropFirst(first) {
        try validate(item, schema, at: "\(path)/\(index)", depth: depth + 1)
      }
    }
    if case .bool(true)? = keywords["uniqueItems"] {
      for (index, item) in items.enumerated() where items[..<index].contains(where: { Self.equal($0, item) }) {
        throw Problem(path: "\(path)/\(index)", message: "is there twice")
      }
    }
    if let schema = keywords["contains"] {
      var count = 0.0
      for item in items where try isValid(item, schema, depth: depth + 1) { count += 1 }
      let least = keywords["minContains"]?.number ?? 1
      if count < least || count > keywords["maxContains"]?.number ?? .infinity {
        throw Problem(path: path, message: "contains \(Int(count)) items that match, which is too few or too many")
      }
    }
  }

  private func validate(
    _ fields: [String: GoValue], _ keywords: [String: GoValue], at path: String, depth: Int
  ) throws(Problem) {
    try Self.bound(Double(fields.count), keywords, "minProperties", "maxProperties", "properties", at: path)
    if case .array(let names)? = keywords["required"] {
      for name in names.compactMap(\.string) where fields[name] == nil {
        throw Problem(path: path, message: "the property \(name) is missing")
      }
    }
    if case .object(let needs)? = keywords["dependentRequired"] {
      for (name, others) in needs.sorted(by: { $0.key < $1.key }) where fields[name] != nil {
        guard case .array(let names) = others else { continue }
        for other in names.compactMap(\.string) where fields[other] == nil {
          throw Problem(path: path, message: "the property \(other) is missing, which \(name) needs")
        }
      }
    }
    if case .object(let schemas)? = keywords["dependentSchemas"] {
      for (name, schema) in schemas.sorted(by: { $0.key < $1.key }) where fields[name] != nil {
        try validate(.object(fields), schema, at: path, depth: depth + 1)
      }
    }
    var properties: [String: GoValue] = [:]
    if case .object(let map)? = keywords["properties"] { properties = map }
    var patterns: [(RegularExpression, GoValue)] = []
    if case .object(let map)? = keywords["patternProperties"] {
      for (pattern, schema) in map.sorted(by: { $0.key < $1.key }) {
        patterns.append((try Self.expression(pattern, at: path), schema))
      }
    }
    for (name, field) in fields.sorted(by: { $0.key < $1.key }) {
      let place = "\(path)/\(name)"
      if let schema = keywords["propertyNames"] { try validate(.string(name), schema, at: place, depth: depth + 1) }
      var isKnown = false
      if let schema = properties[name] {
        isKnown = true
        try validate(field, schema, at: place, depth: depth + 1)
      }
      for (pattern, schema) in patterns where pattern.matches(Array(name.utf8)) {
        isKnown = true
        try validate(field, schema, at: place, depth: depth + 1)
      }
      if !isKnown, let schema = keywords["additionalProperties"] {
        if schema == .bool(false) { throw Problem(path: place, message: "is no property that is allowed here") }
        try validate(field, schema, at: place, depth: depth + 1)
      }
    }
  }

  // MARK: Values

  private static func bound(
    _ count: Double, _ keywords: [String: GoValue], _ least: String, _ most: String, _ unit: String, at path: String
  ) throws(Problem) {
    if let bound = keywords[least]?.number, count < bound {
      throw Problem(path: path, message: "has \(Int(count)) \(unit), should have at least \(GoNumber.general(bound))")
    }
    if let bound = keywords[most]?.number, count > bound {
      throw Problem(path: path, message: "has \(Int(count)) \(unit), should have at most \(GoNumber.general(bound))")
    }
  }

  private static func isOf(_ type: String, _ value: GoValue) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
      ("number", .int), ("number", .double), ("integer", .int):
      true
    case ("integer", .double(let number)): number == number.rounded()
    default: false
    }
  }

  private static func type(of value: GoValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "boolean"
    case .int: "integer"
    case .double(let number): number == number.rounded() ? "integer" : "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// Whether two values are the same JSON: `1` and `1.0` are.
  private static func equal(_ a: GoValue, _ b: GoValue) -> Bool {
    switch (a, b) {
    case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy(equal)
    case (.object(let a), .object(let b)):
      a.count == b.count && a.allSatisfy { name, value in b[name].map { equal(value, $0) } ?? false }
    default:
      if let a = a.number, let b = b.number { a == b } else { a == b }
    }
  }
}

extension GoValue {
  /// The number, whichever of Go's types it has.
  var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
