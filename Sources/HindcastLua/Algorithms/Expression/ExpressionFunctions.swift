import Foundation

extension ExpressionEvaluator {
  /// The functions that take a list and a predicate.
  private static let predicateFunctions: Set<String> = [
    "all", "any", "none", "one", "filter", "map", "find", "findIndex", "findLast", "findLastIndex", "count", "sum",
    "groupBy", "sortBy",
  ]

  static let functions: Set<String> = predicateFunctions.union([
    "len", "abs", "ceil", "floor", "round", "max", "min", "mean", "upper", "lower", "trim", "trimPrefix", "trimSuffix",
    "split", "join", "replace", "repeat", "indexOf", "lastIndexOf", "hasPrefix", "hasSuffix", "int", "float", "string",
    "type", "first", "last", "take", "reverse", "concat", "flatten", "uniq", "sort", "keys", "values", "get", "toJSON",
    "fromJSON", "toPairs", "fromPairs", "median",
  ])

  mutating func call(_ name: String, _ nodes: [ExpressionNode]) throws(ExpressionError) -> GoValue {
    guard Self.functions.contains(name) else { throw ExpressionError("unknown name \(name)") }
    if Self.predicateFunctions.contains(name), nodes.count == 2 { return try callPredicate(name, nodes[0], nodes[1]) }
    var values: [GoValue] = []
    for node in nodes { values.append(try value(of: node)) }
    guard let result = try Self.call(name, values) else {
      throw ExpressionError("invalid arguments of \(name): (\(values.map(\.typeName).joined(separator: ", ")))")
    }
    return result
  }

  // MARK: With a predicate

  private mutating func callPredicate(
    _ name: String, _ list: ExpressionNode, _ predicate: ExpressionNode
  ) throws(ExpressionError) -> GoValue {
    let list = try value(of: list)
    guard case .array(let items) = list else { throw ExpressionError("\(name) needs a list, not \(list.typeName)") }
    var answers: [GoValue] = []
    for item in items { answers.append(try ask(predicate, of: item)) }
    switch name {
    case "map": return .array(answers)
    case "sum": return try Self.call("sum", [.array(answers)]) ?? .null
    case "groupBy":
      return .object(
        Dictionary(grouping: zip(answers, items), by: { $0.0.text }).mapValues { .array($0.map(\.1)) })
    case "sortBy":
      return .array(
        zip(answers, items).enumerated().sorted { a, b in
          Self.isBefore(a.element.0, b.element.0) || (!Self.isBefore(b.element.0, a.element.0) && a.offset < b.offset)
        }.map(\.element.1))
    default: break
    }
    var flags: [Bool] = []
    for answer in answers {
      guard let flag = answer.bool else {
        throw ExpressionError("\(name): the predicate is \(answer.typeName), no bool")
      }
      flags.append(flag)
    }
    let matching = flags.indices.filter { flags[$0] }
    switch name {
    case "all": return .bool(matching.count == items.count)
    case "any": return .bool(!matching.isEmpty)
    case "none": return .bool(matching.isEmpty)
    case "one": return .bool(matching.count == 1)
    case "count": return .int(Int64(matching.count))
    case "find": return matching.first.map { items[$0] } ?? .null
    case "findLast": return matching.last.map { items[$0] } ?? .null
    case "findIndex": return matching.first.map { .int(Int64($0)) } ?? .null
    case "findLastIndex": return matching.last.map { .int(Int64($0)) } ?? .null
    default: return .array(matching.map { items[$0] })
    }
  }

  // MARK: Of values

  /// The value of a function; nil where it does not take these.
  private static func call(_ name: String, _ values: [GoValue]) throws(ExpressionError) -> GoValue? {
    switch (name, values.count) {
    case ("max", _), ("min", _), ("mean", _), ("sum", _), ("median", _): return numbers(name, values)
    case ("concat", _):
      var all: [GoValue] = []
      for value in values { guard case .array(let items) = value else { return nil }; all += items }
      return .array(all)
    case (_, 0): return nil
    default: break
    }
    switch values[0] {
    case .string(let text): return try ofText(name, text, Array(values.dropFirst())) ?? ofAny(name, values)
    case .array(let items): return ofList(name, items, Array(values.dropFirst())) ?? ofAny(name, values)
    case .int, .double: return ofNumber(name, values) ?? ofAny(name, values)
    default: return ofAny(name, values)
    }
  }

  private static func ofAny(_ name: String, _ values: [GoValue]) -> GoValue? {
    switch (name, values.count, values[0]) {
    case ("len", 1, .object(let fields)): return .int(Int64(fields.count))
    case ("keys", 1, .object(let fields)): return .array(fields.keys.sorted().map { .string($0) })
    case ("values", 1, .object(let fields)):
      return .array(fields.sorted { $0.key < $1.key }.map(\.value))
    case ("toPairs", 1, .object(let fields)):
      return .array(fields.sorted { $0.key < $1.key }.map { .array([.string($0.key), $0.value]) })
    case ("get", 2, .object(let fields)): return values[1].string.flatMap { fields[$0] } ?? .null
    case ("string", 1, let value): return .string(value.text)
    case ("toJSON", 1, let value): return .string(String(decoding: value.json, as: UTF8.self))
    case ("type", 1, let value):
      switch value {
      case .null: return .string("nil")
      case .int: return .string("int")
      case .double: return .string("float")
      case .array: return .string("array")
      case .object: return .string("map")
      case .bool, .string: return .string(value.typeName)
      }
    default: return nil
    }
  }

  private static func ofNumber(_ name: String, _ values: [GoValue]) -> GoValue? {
    guard values.count == 1, let number = values[0].number else { return nil }
    switch (name, values[0]) {
    case ("abs", .int(let number)): return .int(number < 0 ? 0 &- number : number)
    case ("abs", _): return .double(number.magnitude)
    case ("ceil", _): return .double(number.rounded(.up))
    case ("floor", _): return .double(number.rounded(.down))
    case ("round", _): return .double(number.rounded())
    case ("int", _): return .int(LuaNumber.float(number).truncated)
    case ("float", _): return .double(number)
    default: return nil
    }
  }

  /// Functions of numbers, which may also come as one list.
  private static func numbers(_ name: String, _ values: [GoValue]) -> GoValue? {
    var values = values
    if values.count == 1, case .array(let items) = values[0] { values = items }
    let numbers = values.compactMap(\.number)
    guard numbers.count == values.count else { return nil }
    switch name {
    case "sum":
      let integers = values.compactMap { if case .int(let number) = $0 { number } else { nil } }
      return integers.count == values.count ? .int(integers.reduce(0, &+)) : .double(numbers.reduce(0, +))
    case "mean": return .double(numbers.isEmpty ? 0 : numbers.reduce(0, +) / Double(numbers.count))
    case "median":
      let sorted = numbers.sorted()
      if sorted.isEmpty { return .double(0) }
      let middle = sorted.count / 2
      return .double(sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2)
    default:
      guard let first = values.indices.first else { return nil }
      let chosen = values.indices.reduce(first) { best, next in
        (name == "max" ? numbers[next] > numbers[best] : numbers[next] < numbers[best]) ? next : best
      }
      return values[chosen]
    }
  }

  private static func ofText(
    _ name: String, _ text: String, _ rest: [GoValue]
  ) throws(ExpressionError) -> GoValue? {
    let other = rest.first?.string
    switch (name, rest.count) {
    case ("len", 0): return .int(Int64(text.unicodeScalars.count))
    case ("upper", 0): return .string(text.uppercased())
    case ("lower", 0): return .string(text.lowercased())
    case ("trim", 0): return .string(text.trimmingCharacters(in: .whitespacesAndNewlines))
    case ("trim", 1): return other.map { .string(text.trimmingCharacters(in: CharacterSet(charactersIn: $0))) }
    case ("trimPrefix", 1): return other.map { .string(text.hasPrefix($0) ? String(text.dropFirst($0.count)) : text) }
    case ("trimSuffix", 1): return other.map { .string(text.hasSuffix($0) ? String(text.dropLast($0.count)) : text) }
    case ("hasPrefix", 1): return other.map { .bool(text.hasPrefix($0)) }
    case ("hasSuffix", 1): return other.map { .bool(text.hasSuffix($0)) }
    case ("split", 1):
      return other.map { separator in
        separator.isEmpty
          ? .array(text.map { .string(String($0)) })
          : .array(text.components(separatedBy: separator).map { .string($0) })
      }
    case ("replace", 2):
      guard let other, let new = rest[1].string else { return nil }
      return .string(other.isEmpty ? text : text.replacingOccurrences(of: other, with: new))
    case ("repeat", 1):
      guard let count = rest[0].number.flatMap({ Int(exactly: $0) }), count >= 0 else { return nil }
      guard text.utf8.count * count.magnitude.clamped <= mostElements else {
        throw ExpressionError("memory budget exceeded")
      }
      return .string(String(repeating: text, count: count))
    case ("indexOf", 1), ("lastIndexOf", 1):
      guard let other else { return nil }
      let range = text.range(of: other, options: name == "indexOf" ? .literal : [.literal, .backwards])
      return .int(range.map { Int64(text.utf8.distance(from: text.startIndex, to: $0.lowerBound)) } ?? -1)
    case ("int", 0): return Int64(text).map { .int($0) }
    case ("float", 0): return Double(text).map { .double($0) }
    case ("string", 0): return .string(text)
    case ("fromJSON", 0):
      do throws(JSONSyntaxError) {
        return try GoValue(json: Data(text.utf8))
      } catch {
        throw ExpressionError("\(error)")
      }
    default: return nil
    }
  }

  private static func ofList(_ name: String, _ items: [GoValue], _ rest: [GoValue]) -> GoValue? {
    switch (name, rest.count) {
    case ("len", 0): return .int(Int64(items.count))
    case ("first", 0): return items.first ?? .null
    case ("last", 0): return items.last ?? .null
    case ("reverse", 0): return .array(items.reversed())
    case ("take", 1):
      guard let count = rest[0].number.flatMap({ Int(exactly: $0) }), count >= 0 else { return nil }
      return .array(Array(items.prefix(count)))
    case ("get", 1):
      guard let index = rest[0].number.flatMap({ Int(exactly: $0) }) else { return nil }
      return items.indices.contains(index) ? items[index] : .null
    case ("flatten", 0): return .array(flatten(items))
    case ("uniq", 0):
      return .array(
        items.reduce(into: []) { kept, item in if !kept.contains(where: { equal($0, item) }) { kept.append(item) } })
    case ("sort", 0), ("sort", 1):
      let sorted = items.enumerated().sorted { a, b in
        isBefore(a.element, b.element) || (!isBefore(b.element, a.element) && a.offset < b.offset)
      }.map(\.element)
      return .array(rest.first?.string == "desc" ? sorted.reversed() : sorted)
    case ("join", 0), ("join", 1):
      let texts = items.compactMap(\.string)
      return texts.count == items.count ? .string(texts.joined(separator: rest.first?.string ?? "")) : nil
    case ("fromPairs", 0):
      var fields: [String: GoValue] = [:]
      for item in items {
        guard case .array(let pair) = item, pair.count == 2 else { return nil }
        fields[pair[0].text] = pair[1]
      }
      return .object(fields)
    case ("count", 0): return .int(Int64(items.filter { $0 == .bool(true) }.count))
    default: return nil
    }
  }

  private static func flatten(_ items: [GoValue]) -> [GoValue] {
    items.flatMap { item in if case .array(let inner) = item { flatten(inner) } else { [item] } }
  }

  private static func isBefore(_ a: GoValue, _ b: GoValue) -> Bool {
    if let a = a.number, let b = b.number { return a < b }
    if let a = a.string, let b = b.string { return Array(a.utf8).lexicographicallyPrecedes(Array(b.utf8)) }
    return false
  }
}

extension UInt {
  /// The number as far as it fits.
  fileprivate var clamped: Int { Int(Swift.min(self, 1 << 40)) }
}
