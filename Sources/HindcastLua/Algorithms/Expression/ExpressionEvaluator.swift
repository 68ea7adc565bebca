import Foundation

/// Evaluates an expression; as Go's `any` values, with integers and floats apart.
struct ExpressionEvaluator {
  /// How many values expressions may make at once, and how many steps they may take: upstream has a memory budget alike.
  static let mostElements = 1_000_000
  private static let mostSteps = 1_000_000

  let variables: [String: GoValue]
  private var bindings: [(name: String, value: GoValue)] = []
  private var elements: [GoValue] = []
  private(set) var steps = 0

  init(variables: [String: GoValue]) { self.variables = variables }

  mutating func value(of node: ExpressionNode) throws(ExpressionError) -> GoValue {
    steps += 1
    if steps > Self.mostSteps { throw ExpressionError("the expression takes too many steps") }
    switch node {
    case .value(let value): return value
    case .name(let name):
      return bindings.last { $0.name == name }?.value ?? variables[name] ?? .null
    case .element:
      guard let element = elements.last else { throw ExpressionError("# stands in no predicate") }
      return element
    case .unary(let name, let inner): return try unary(name, try value(of: inner))
    case .binary(let name, let left, let right): return try binary(name, left, right)
    case .condition(let condition, let yes, let no): return try value(of: try truth(condition) ? yes : no)
    case .member(let object, let key, let isOptional):
      let object = try value(of: object)
      if object == .null, isOptional { return .null }
      return try member(object, try value(of: key))
    case .slice(let object, let from, let to): return try slice(object, from, to)
    case .list(let nodes):
      var items: [GoValue] = []
      for node in nodes { items.append(try value(of: node)) }
      return .array(items)
    case .map(let nodes):
      var fields: [String: GoValue] = [:]
      for node in nodes {
        guard let key = try value(of: node.key).string else { throw ExpressionError("a map's key must be a string") }
        fields[key] = try value(of: node.value)
      }
      return .object(fields)
    case .call(let name, let arguments): return try call(name, arguments)
    case .predicate: throw ExpressionError("a predicate stands where none is asked for")
    case .binding(let name, let first, let rest):
      bindings.append((name, try value(of: first)))
      defer { bindings.removeLast() }
      return try value(of: rest)
    }
  }

  mutating func truth(_ node: ExpressionNode) throws(ExpressionError) -> Bool {
    let value = try value(of: node)
    guard let truth = value.bool else { throw ExpressionError("\(value.typeName) is no bool") }
    return truth
  }

  /// What a predicate says of an element.
  mutating func ask(_ predicate: ExpressionNode, of element: GoValue) throws(ExpressionError) -> GoValue {
    elements.append(element)
    defer { elements.removeLast() }
    if case .predicate(let body) = predicate { return try value(of: body) }
    return try value(of: predicate)
  }

  // MARK: Operators

  private func unary(_ name: String, _ value: GoValue) throws(ExpressionError) -> GoValue {
    switch (name, value) {
    case ("not", .bool(let flag)): return .bool(!flag)
    case ("-", .int(let number)): return .int(0 &- number)
    case ("-", .double(let number)): return .double(-number)
    case ("+", .int), ("+", .double): return value
    default: throw ExpressionError("invalid operation: \(name) \(value.typeName)")
    }
  }

  private mutating func binary(
    _ name: String, _ left: ExpressionNode, _ right: ExpressionNode
  ) throws(ExpressionError) -> GoValue {
    switch name {
    case "and", "&&": return .bool(try truth(left) ? try truth(right) : false)
    case "or", "||": return .bool(try truth(left) ? true : try truth(right))
    case "??":
      let first = try value(of: left)
      return first == .null ? try value(of: right) : first
    default: return try Self.binary(name, try value(of: left), try value(of: right))
    }
  }

  private static func binary(_ name: String, _ a: GoValue, _ b: GoValue) throws(ExpressionError) -> GoValue {
    func invalid() -> ExpressionError {
      ExpressionError("invalid operation: \(a.typeName) \(name) \(b.typeName)")
    }
    switch name {
    case "==": return .bool(equal(a, b))
    case "!=": return .bool(!equal(a, b))
    case "in": return .bool(try holds(b, a))
    case "not in": return .bool(!(try holds(b, a)))
    case "..":
      guard case .int(let first) = a, case .int(let last) = b else { throw invalid() }
      guard first <= last else { return .array([]) }
      guard last.subtractingReportingOverflow(first).partialValue < mostElements, last &- first >= 0 else {
        throw ExpressionError("memory budget exceeded")
      }
      return .array((first...last).map { .int($0) })
    default: break
    }
    if case .string(let first) = a, case .string(let second) = b {
      switch name {
      case "+": return .string(first + second)
      case "<": return .bool(Array(first.utf8).lexicographicallyPrecedes(Array(second.utf8)))
      case ">": return .bool(Array(second.utf8).lexicographicallyPrecedes(Array(first.utf8)))
      case "<=": return .bool(!Array(second.utf8).lexicographicallyPrecedes(Array(first.utf8)))
      case ">=": return .bool(!Array(first.utf8).lexicographicallyPrecedes(Array(second.utf8)))
      case "contains": return .bool(second.isEmpty || first.contains(second))
      case "startsWith": return .bool(first.hasPrefix(second))
      case "endsWith": return .bool(first.hasSuffix(second))
      case "matches":
        do throws(RegularExpression.SyntaxError) {
          return .bool(try RegularExpression(second).matches(Array(first.utf8)))
        } catch {
          throw ExpressionError(error.description)
        }
      default: throw invalid()
      }
    }
    guard let first = a.number, let second = b.number else { throw invalid() }
    switch name {
    case "<": return .bool(first < second)
    case ">": return .bool(first > second)
    case "<=": return .bool(first <= second)
    case ">=": return .bool(first >= second)
    case "/": return .double(first / second)
    case "**", "^": return .double(Foundation.pow(first, second))
    default: break
    }
    guard case .int(let x) = a, case .int(let y) = b else {
      switch name {
      case "+": return .double(first + second)
      case "-": return .double(first - second)
      case "*": return .double(first * second)
      default: throw invalid()
      }
    }
    switch name {
    case "+": return .int(x &+ y)
    case "-": return .int(x &- y)
    case "*": return .int(x &* y)
    case "%":
      if y == 0 { throw ExpressionError("integer divide by zero") }
      return .int(y == -1 ? 0 : x % y)
    default: throw invalid()
    }
  }

  static func equal(_ a: GoValue, _ b: GoValue) -> Bool {
    switch (a, b) {
    case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy(equal)
    case (.object(let a), .object(let b)):
      a.count == b.count && a.allSatisfy { name, value in b[name].map { equal(value, $0) } ?? false }
    default: if let a = a.number, let b = b.number { a == b } else { a == b }
    }
  }

  private static func holds(_ container: GoValue, _ value: GoValue) throws(ExpressionError) -> Bool {
    switch container {
    case .array(let items): return items.contains { equal($0, value) }
    case .object(let fields): return value.string.map { fields[$0] != nil } ?? false
    case .null: return false
    default: throw ExpressionError("operator \"in\" not defined on \(container.typeName)")
    }
  }

  // MARK: Members

  private func member(_ object: GoValue, _ key: GoValue) throws(ExpressionError) -> GoValue {
    switch (object, key) {
    case (.object(let fields), .string(let name)): return fields[name] ?? .null
    case (.array(let items), _):
      guard let index = key.number.flatMap({ Int(exactly: $0) }) else {
        throw ExpressionError("cannot fetch \(key.text) from \(object.typeName)")
      }
      // A negative index counts from the end.
      let place = index < 0 ? items.count + index : index
      guard items.indices.contains(place) else {
        throw ExpressionError("index out of range: \(index) (array length is \(items.count))")
      }
      return items[place]
    default: throw ExpressionError("cannot fetch \(key.text) from \(object.typeName)")
    }
  }

  private mutating func slice(
    _ object: ExpressionNode, _ from: ExpressionNode?, _ to: ExpressionNode?
  ) throws(ExpressionError) -> GoValue {
    let object = try value(of: object)
    func bound(_ node: ExpressionNode?, _ otherwise: Int, _ count: Int) throws(ExpressionError) -> Int {
      guard let node else { return otherwise }
      guard let number = try value(of: node).number.flatMap({ Int(exactly: $0) }) else {
        throw ExpressionError("a slice's bounds must be integers")
      }
      return min(max(number < 0 ? count + number : number, 0), count)
    }
    switch object {
    case .array(let items):
      let (start, end) = (try bound(from, 0, items.count), try bound(to, items.count, items.count))
      return .array(start < end ? Array(items[start..<end]) : [])
    case .string(let text):
      let bytes = Array(text.utf8)
      let (start, end) = (try bound(from, 0, bytes.count), try bound(to, bytes.count, bytes.count))
      return .string(start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : "")
    default: throw ExpressionError("cannot slice \(object.typeName)")
    }
  }
}
