internal import HindcastRecords
internal import TemporalAPI
internal import TemporalServiceAPI

/// A visibility query whose names and types are known (`server.md` 14.3).
struct VisibilityFilter: Sendable, Equatable {
  var condition: VisibilityCondition?
  /// The attribute that a count is to be split by.
  var groupBy: SearchAttribute?

  /// Reads a query.
  ///
  /// - Throws: What is wrong with it, in the real server's words and in the order in which that finds out.
  init(_ query: String, in namespace: NamespaceRecord?) throws(QueryRefusal) {
    let parsed = try QueryParser.parse(query)
    if parsed.hasLimit { throw .unsupported("'LIMIT' clause") }
    let reader = VisibilityQueryReader(namespace: namespace)
    if let expression = parsed.condition { condition = try reader.condition(expression) }
    if parsed.groupBy.count > 1 { throw .unsupported("'GROUP BY' clause supports only a single field") }
    if let expression = parsed.groupBy.first {
      let attribute = try reader.attribute(expression)
      guard ["ExecutionStatus", "TemporalNamespaceDivision"].contains(attribute.name) else {
        throw .unsupported("'GROUP BY' clause is not supported for search attribute \(attribute.alias)")
      }
      groupBy = attribute
    }
    for expression in parsed.orderBy {
      let attribute = try reader.attribute(expression)
      if attribute.type == .text { throw .unsupported("unable to sort by search attribute type Text") }
    }
    if !parsed.orderBy.isEmpty { throw .unsupported("'ORDER BY' clause") }
  }

  /// The ids of the only workflows that can match; `nil` when that does not follow from the query.
  var workflowIDs: [String]? { condition?.workflowIDs }
}

/// A condition that runs are held against.
indirect enum VisibilityCondition: Sendable, Equatable {
  enum Comparison: String, Sendable {
    case equal = "=", unequal = "!=", less = "<", greater = ">", atMost = "<=", atLeast = ">="
  }

  case all([VisibilityCondition])
  case any([VisibilityCondition])
  case not(VisibilityCondition)
  case compare(SearchAttribute, Comparison, VisibilityValue)
  case isIn(SearchAttribute, [VisibilityValue], isNegated: Bool)
  case range(SearchAttribute, VisibilityValue, VisibilityValue, isNegated: Bool)
  case startsWith(SearchAttribute, String, isNegated: Bool)
  /// A list or a text holds one of these.
  case contains(SearchAttribute, [String], isNegated: Bool)
  case isMissing(SearchAttribute, isNegated: Bool)

  /// The attributes that the condition names.
  var attributes: [SearchAttribute] {
    switch self {
    case .all(let conditions), .any(let conditions): conditions.flatMap(\.attributes)
    case .not(let condition): condition.attributes
    case .compare(let attribute, _, _), .isIn(let attribute, _, _), .range(let attribute, _, _, _),
      .startsWith(let attribute, _, _), .contains(let attribute, _, _), .isMissing(let attribute, _):
      [attribute]
    }
  }

  fileprivate var workflowIDs: [String]? {
    switch self {
    case .compare(let attribute, .equal, .text(let id)) where attribute.name == "WorkflowId": return [id]
    case .isIn(let attribute, let values, false) where attribute.name == "WorkflowId":
      return values.compactMap { if case .text(let id) = $0 { id } else { nil } }
    case .all(let conditions): return conditions.lazy.compactMap(\.workflowIDs).first
    case .any(let conditions):
      var ids: [String] = []
      for condition in conditions {
        guard let more = condition.workflowIDs else { return nil }
        ids += more
      }
      return ids
    default: return nil
    }
  }
}

/// A value of a search attribute.
enum VisibilityValue: Sendable, Equatable {
  case text(String)
  case integer(Int64)
  case double(Double)
  case boolean(Bool)
  /// Nanoseconds since 1970.
  case moment(Int64)
  case list([String])
}

/// Gives a parsed query its meaning in a namespace.
struct VisibilityQueryReader {
  let namespace: NamespaceRecord?

  func condition(_ expression: QueryExpression) throws(QueryRefusal) -> VisibilityCondition {
    switch expression {
    case .parentheses(let inner): return try condition(inner)
    case .not(let inner): return .not(try condition(inner))
    case .all(let terms): return .all(try conditions(terms))
    case .any(let terms): return .any(try conditions(terms))
    case .comparison(let name, let left, let right): return try comparison(name, left, right)
    case .range(let isNegated, let left, let from, let to):
      let attribute = try attribute(left)
      guard [.datetime, .double, .int, .keyword].contains(attribute.type) else {
        throw .invalid(
          "cannot do range condition on search attribute '\(attribute.alias)' of type \(attribute.type.serverName)")
      }
      return .range(attribute, try value(from, of: attribute), try value(to, of: attribute), isNegated: isNegated)
    case .isTest(let test, let inner):
      let attribute = try attribute(inner)
      switch test {
      case "is null": return .isMissing(attribute, isNegated: false)
      case "is not null": return .isMissing(attribute, isNegated: true)
      default: throw .invalid("'IS' operator can only be used as 'IS NULL' or 'IS NOT NULL'")
      }
    case .function: throw .unsupported("function expression")
    case .column: throw .invalid("incomplete expression")
    default: throw .unsupported("expression of type \(expression.kindName)")
    }
  }

  private func conditions(_ terms: [QueryExpression]) throws(QueryRefusal) -> [VisibilityCondition] {
    var conditions: [VisibilityCondition] = []
    for term in terms { conditions.append(try condition(term)) }
    return conditions
  }

  func attribute(_ expression: QueryExpression) throws(QueryRefusal) -> SearchAttribute {
    guard case .column(let name) = expression else {
      throw .invalid("must be a column name but was \(expression.kindName)")
    }
    return try SearchAttribute(name, in: namespace)
  }

  private static let listOperators: Set<String> = ["=", "!=", "in", "not in"]
  private static let plainOperators: Set<String> = ["=", "!=", "<", ">", "<=", ">=", "in", "not in"]

  private func comparison(
    _ name: String, _ left: QueryExpression, _ right: QueryExpression
  ) throws(QueryRefusal) -> VisibilityCondition {
    let attribute = try attribute(left)
    var values: [VisibilityValue] = []
    if case .tuple(let items) = right {
      for item in items { values.append(try value(item, of: attribute)) }
    } else {
      values = [try value(right, of: attribute)]
    }
    let isPrefixTest = name == "starts_with" || name == "not starts_with"
    let isKnown =
      switch attribute.type {
      case .text: name == "=" || name == "!="
      case .keywordList: Self.listOperators.contains(name)
      case .keyword: isPrefixTest || Self.plainOperators.contains(name)
      default: Self.plainOperators.contains(name)
      }
    guard isKnown else {
      throw .unsupported(
        "operator '\(name.uppercased())' not supported for \(attribute.type.serverName) type search attribute "
          + "'\(attribute.alias)'")
    }
    let isNegated = name == "!=" || name.hasPrefix("not ")
    let isTuple = if case .tuple = right { true } else { false }
    if isTuple != name.hasSuffix("in") || values.isEmpty { throw .invalid("unexpected value type \(right.kindName)") }

    let texts = values.compactMap { if case .text(let text) = $0 { text } else { nil } }
    switch attribute.type {
    case .text:
      let words = texts.flatMap(\.words)
      if words.isEmpty {
        throw .invalid("unexpected value for Text type search attribute (no tokens found)")
      }
      return .contains(attribute, words, isNegated: isNegated)
    case .keywordList: return .contains(attribute, texts, isNegated: isNegated)
    default: break
    }
    if isPrefixTest { return .startsWith(attribute, texts.first ?? "", isNegated: isNegated) }
    if let comparison = VisibilityCondition.Comparison(rawValue: name) {
      return .compare(attribute, comparison, values[0])
    }
    return .isIn(attribute, values, isNegated: isNegated)
  }

  // MARK: Values

  /// A value as the attribute's type has it.
  private func value(_ expression: QueryExpression, of attribute: SearchAttribute) throws(QueryRefusal)
    -> VisibilityValue
  {
    let given: VisibilityValue
    switch expression {
    // The real server takes all quotes off the ends, those that belong to the value included.
    case .string(let text): given = .text(text.trimmingQuotes)
    case .number(let text): given = try number(text)
    case .boolean(let value): return try checked(.boolean(value), of: attribute)
    case .function: throw .unsupported("nested func")
    case .column(let name):
      throw .unsupported(
        "column name on the right side of comparison expression (did you forget to quote \"\(name)\"?)")
    case .other("*sqlparser.UnaryExpr", let text): throw .invalid("unary operator not supported in \"\(text)\"")
    default: throw .invalid("unexpected value type \(expression.kindName)")
    }
    switch attribute.name {
    case "ExecutionStatus": return try status(given)
    case "ExecutionDuration": return try duration(given)
    default: return try checked(given, of: attribute)
    }
  }

  private func number(_ text: String) throws(QueryRefusal) -> VisibilityValue {
    if let integer = Int64(text) { return .integer(integer) }
    if !text.contains(where: { $0 == "x" || $0 == "X" }), let double = Double(text) { return .double(double) }
    throw .invalid("unable to parse value \"\(text)\"")
  }

  private func checked(_ value: VisibilityValue, of attribute: SearchAttribute) throws(QueryRefusal) -> VisibilityValue
  {
    switch (attribute.type, value) {
    case (.int, .integer), (.int, .double), (.double, .integer), (.double, .double), (.bool, .boolean),
      (.keyword, .text), (.keywordList, .text), (.text, .text):
      return value
    case (.datetime, .integer(let nanoseconds)): return .moment(nanoseconds)
    case (.datetime, .text(let text)):
      guard let moment = Int64(dateTimeText: text) else { throw .invalid("unable to parse datetime '\(text)'") }
      return .moment(moment)
    default:
      throw .invalid(
        "invalid value type for search attribute \(attribute.alias) of type \(attribute.type.serverName): "
          + value.goDescription)
    }
  }

  private func status(_ value: VisibilityValue) throws(QueryRefusal) -> VisibilityValue {
    switch value {
    case .integer(let number):
      guard let code = Int(exactly: number), WorkflowStatus.allCases.contains(where: { $0.rawValue == code }) else {
        throw .invalid("invalid ExecutionStatus value \(number)")
      }
      return .integer(number)
    case .text(let text):
      guard let status = WorkflowStatus(serverName: text) else {
        throw .invalid("invalid ExecutionStatus value '\(text)'")
      }
      return .integer(Int64(status.rawValue))
    default:
      throw .invalid("unexpected value type \(value.goType) for search attribute ExecutionStatus")
    }
  }

  private func duration(_ value: VisibilityValue) throws(QueryRefusal) -> VisibilityValue {
    switch value {
    case .integer: return value
    case .text(let text):
      guard let nanoseconds = Int64(durationText: text) else {
        throw .invalid("invalid duration value for search attribute ExecutionDuration: \(text)")
      }
      return .integer(nanoseconds)
    default:
      throw .invalid("unexpected value type \(value.goType) for search attribute ExecutionDuration")
    }
  }
}

extension VisibilityValue {
  /// How the real server names the value's type in refusals.
  fileprivate var goType: String {
    switch self {
    case .text: "string"
    case .integer, .moment: "int64"
    case .double: "float64"
    case .boolean: "bool"
    case .list: "[]string"
    }
  }

  fileprivate var goDescription: String {
    switch self {
    case .text(let text): "\"\(text)\" (type: string)"
    case .integer(let value), .moment(let value): "\(value) (type: int64)"
    case .double(let value): "\(value.plainText) (type: float64)"
    case .boolean(let value): "\(value) (type: bool)"
    case .list(let values): "\(values) (type: []string)"
    }
  }
}

extension Double {
  /// Without `.0` behind a whole number.
  fileprivate var plainText: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension String {
  fileprivate var trimmingQuotes: String {
    guard let start = firstIndex(where: { $0 != "'" }), let end = lastIndex(where: { $0 != "'" }) else { return "" }
    return String(self[start...end])
  }

  /// The words of a text attribute, in lower case.
  var words: [String] {
    lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
  }
}
