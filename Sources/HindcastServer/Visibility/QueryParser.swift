/// Why a visibility query is refused, in the real server's words without `invalid query: ` (`server.md` 14.3).
struct QueryRefusal: Error, Sendable, Equatable {
  var message: String

  static func malformed(_ message: String) -> Self { Self(message: "\(malformedPrefix)\(message)") }
  static let malformedPrefix = "malformed SQL query: "
  static func unsupported(_ message: String) -> Self { Self(message: "operation is not supported: \(message)") }
  static func invalid(_ message: String) -> Self { Self(message: "invalid expression: \(message)") }
}

/// A part of a visibility query as it is written, before anything is known of attributes and types.
indirect enum QueryExpression: Sendable, Equatable {
  case column(String)
  case string(String)
  /// A number as it is written.
  case number(String)
  case boolean(Bool)
  /// Things in parentheses that are not one expression.
  case tuple([QueryExpression])
  case comparison(String, QueryExpression, QueryExpression)
  case range(isNegated: Bool, QueryExpression, from: QueryExpression, to: QueryExpression)
  case isTest(String, QueryExpression)
  case not(QueryExpression)
  case all([QueryExpression])
  case any([QueryExpression])
  case parentheses(QueryExpression)
  case function
  /// Something that no query may hold, with the name that the real server has for it.
  case other(String, text: String = "")

  /// The name of the expression's kind in refusals.
  var kindName: String {
    switch self {
    case .column: "*sqlparser.ColName"
    case .string, .number: "*sqlparser.SQLVal"
    case .boolean: "sqlparser.BoolVal"
    case .tuple: "sqlparser.ValTuple"
    case .comparison: "*sqlparser.ComparisonExpr"
    case .range: "*sqlparser.RangeCond"
    case .isTest: "*sqlparser.IsExpr"
    case .not: "*sqlparser.NotExpr"
    case .all: "*sqlparser.AndExpr"
    case .any: "*sqlparser.OrExpr"
    case .parentheses: "*sqlparser.ParenExpr"
    case .function: "*sqlparser.FuncExpr"
    case .other(let name, _): name
    }
  }
}

/// A visibility query as it is written.
struct ParsedQuery: Sendable, Equatable {
  var condition: QueryExpression?
  var groupBy: [QueryExpression] = []
  var orderBy: [QueryExpression] = []
  var hasLimit = false
}

/// Reads the visibility query language.
struct QueryParser {
  private var lexer: QueryLexer
  private var token: QueryToken
  private var depth = 0

  /// How deep parentheses may be nested: input must not be able to exhaust the stack.
  private static let maximumDepth = 200

  /// Reads a query.
  ///
  /// - Parameter table: What the real server calls the table of the statement that it makes of the query.
  static func parse(_ text: String, table: String = "table1") throws(QueryRefusal) -> ParsedQuery {
    let text = text.trimmingBlanks
    if text.isEmpty { return ParsedQuery() }
    let lowered = text.prefix(8).lowercased()
    let isClause = lowered == "order by" || lowered == "group by"
    // Positions in errors count the statement that the real server makes of the query.
    let statement = "select * from \(table) " + (isClause ? "" : "where ")
    var parser = QueryParser(text, offset: statement.utf8.count)
    return try parser.parseStatement(hasCondition: !isClause)
  }

  private init(_ text: String, offset: Int) {
    lexer = QueryLexer(text, offset: offset)
    token = lexer.next()
  }

  private mutating func advance() { token = lexer.next() }

  private func syntaxError() -> QueryRefusal {
    .malformed("syntax error at position \(token.end + 1)" + (token.near.map { " near '\($0)'" } ?? ""))
  }

  private func isKeyword(_ word: String) -> Bool { token.kind == .keyword(word) }

  private mutating func take(keyword: String) -> Bool {
    guard isKeyword(keyword) else { return false }
    advance()
    return true
  }

  private mutating func take(sign: String) -> Bool {
    guard token.kind == .sign(sign) else { return false }
    advance()
    return true
  }

  private mutating func expect(sign: String) throws(QueryRefusal) {
    guard take(sign: sign) else { throw syntaxError() }
  }

  private mutating func expect(keyword: String) throws(QueryRefusal) {
    guard take(keyword: keyword) else { throw syntaxError() }
  }

  // MARK: The statement

  private mutating func parseStatement(hasCondition: Bool) throws(QueryRefusal) -> ParsedQuery {
    var query = ParsedQuery()
    if hasCondition { query.condition = try parseExpression() }
    if take(keyword: "group") {
      try expect(keyword: "by")
      query.groupBy = try parseList()
    }
    if take(keyword: "having") { _ = try parseExpression() }
    if take(keyword: "order") {
      try expect(keyword: "by")
      repeat {
        query.orderBy.append(try parseExpression())
        _ = take(keyword: "asc") || take(keyword: "desc")
      } while take(sign: ",")
    }
    if take(keyword: "limit") {
      query.hasLimit = true
      _ = try parseList()
    }
    _ = take(sign: ";")
    guard token.kind == .end else { throw syntaxError() }
    return query
  }

  private mutating func parseList() throws(QueryRefusal) -> [QueryExpression] {
    var list = [try parseExpression()]
    while take(sign: ",") { list.append(try parseExpression()) }
    return list
  }

  // MARK: Conditions

  private mutating func parseExpression() throws(QueryRefusal) -> QueryExpression {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.maximumDepth { throw .malformed("max nesting level reached at position \(token.end + 1)") }
    var terms = [try parseConjunction()]
    while take(keyword: "or") { terms.append(try parseConjunction()) }
    return terms.count == 1 ? terms[0] : .any(terms)
  }

  private mutating func parseConjunction() throws(QueryRefusal) -> QueryExpression {
    var terms = [try parseNegation()]
    while take(keyword: "and") { terms.append(try parseNegation()) }
    return terms.count == 1 ? terms[0] : .all(terms)
  }

  private mutating func parseNegation() throws(QueryRefusal) -> QueryExpression {
    var isNegated = false
    var count = 0
    while take(keyword: "not") {
      isNegated.toggle()
      count += 1
    }
    let condition = try parseCondition()
    if isNegated { return .not(condition) }
    return count > 0 ? .not(.not(condition)) : condition
  }

  private static let comparisons: Set<String> = ["=", "<", ">", "<=", ">=", "!=", "<=>"]

  private mutating func parseCondition() throws(QueryRefusal) -> QueryExpression {
    if take(keyword: "exists") {
      guard token.kind == .sign("(") else { throw syntaxError() }
      try skipParentheses()
      return .other("*sqlparser.ExistsExpr")
    }
    let left = try parseValue()
    if case .sign(let sign) = token.kind, Self.comparisons.contains(sign) {
      advance()
      return try isTests(of: .comparison(sign, left, try parseValue()))
    }
    let isNegated = take(keyword: "not")
    let not = isNegated ? "not " : ""
    if take(keyword: "in") { return try isTests(of: .comparison(not + "in", left, try parseTuple())) }
    for word in ["like", "starts_with"] where take(keyword: word) {
      let right = try parseValue()
      if word == "like", take(keyword: "escape") { _ = try parseValue() }
      return try isTests(of: .comparison(not + word, left, right))
    }
    if take(keyword: "regexp") || take(keyword: "rlike") {
      return try isTests(of: .comparison(not + "regexp", left, try parseValue()))
    }
    if take(keyword: "between") {
      let from = try parseValue()
      try expect(keyword: "and")
      return try isTests(of: .range(isNegated: isNegated, left, from: from, to: try parseValue()))
    }
    if isNegated { throw syntaxError() }
    return try isTests(of: left)
  }

  private mutating func isTests(of expression: QueryExpression) throws(QueryRefusal) -> QueryExpression {
    guard take(keyword: "is") else { return expression }
    let not = take(keyword: "not") ? "not " : ""
    for word in ["null", "true", "false"] where take(keyword: word) { return .isTest("is \(not)\(word)", expression) }
    throw syntaxError()
  }

  /// What `IN` may be followed by.
  private mutating func parseTuple() throws(QueryRefusal) -> QueryExpression {
    if case .parameter = token.kind { return try parseValue() }
    guard token.kind == .sign("(") else { throw syntaxError() }
    let inner = try parseParentheses()
    if case .parentheses(let expression) = inner { return .tuple([expression]) }
    return inner
  }

  // MARK: Values

  private static let operators: [String: Int] = [
    "|": 1, "&": 2, "<<": 3, ">>": 3, "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "^": 6,
  ]

  /// A value with what arithmetic there is: it is read so that it can be refused by name.
  private mutating func parseValue() throws(QueryRefusal) -> QueryExpression {
    var value = try parseOperand()
    while true {
      if case .sign(let sign) = token.kind, Self.operators[sign] != nil {
        advance()
      } else if isKeyword("div") || isKeyword("mod") {
        advance()
      } else if take(keyword: "collate") {
        advance()
        value = .other("*sqlparser.CollateExpr")
        continue
      } else {
        return value
      }
      _ = try parseOperand()
      value = .other("*sqlparser.BinaryExpr")
    }
  }

  private mutating func parseOperand() throws(QueryRefusal) -> QueryExpression {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.maximumDepth { throw .malformed("max nesting level reached at position \(token.end + 1)") }
    switch token.kind {
    case .string(let text):
      advance()
      return .string(text)
    case .integer(let text), .float(let text), .hexadecimal(let text), .parameter(let text):
      advance()
      return .number(text)
    case .identifier(let name):
      advance()
      return try parseName(name)
    case .keyword(let word):
      return try parseKeyword(word)
    case .sign("("):
      return try parseParentheses()
    case .sign("-"):
      advance()
      return try negate(try parseOperand())
    case .sign("+"):
      advance()
      let operand = try parseOperand()
      if case .number = operand { return operand }
      return .other("*sqlparser.UnaryExpr", text: "+\(operand.sourceText)")
    case .sign("~"), .sign("!"):
      advance()
      let operand = try parseOperand()
      return .other("*sqlparser.UnaryExpr", text: "!\(operand.sourceText)")
    default:
      throw syntaxError()
    }
  }

  private func negate(_ operand: QueryExpression) throws(QueryRefusal) -> QueryExpression {
    if case .number(let text) = operand, text.first?.isNumber == true || text.first == "." {
      return .number("-\(text)")
    }
    if case .number(let text) = operand, text.hasPrefix("-") { return .number(String(text.dropFirst())) }
    return .other("*sqlparser.UnaryExpr", text: "-\(operand.sourceText)")
  }

  private mutating func parseName(_ first: String) throws(QueryRefusal) -> QueryExpression {
    var name = first
    if token.kind == .sign("(") {
      try skipParentheses()
      return .function
    }
    while take(sign: ".") {
      guard case .identifier(let part) = token.kind else { throw syntaxError() }
      name += ".\(part)"
      advance()
    }
    return .column(name)
  }

  private mutating func parseKeyword(_ word: String) throws(QueryRefusal) -> QueryExpression {
    switch word {
    case "true", "false":
      advance()
      return .boolean(word == "true")
    case "null":
      advance()
      return .other("*sqlparser.NullVal")
    case "case":
      advance()
      while !isKeyword("end") {
        if token.kind == .end { throw syntaxError() }
        advance()
      }
      advance()
      return .other("*sqlparser.CaseExpr")
    case "if", "left", "right", "replace", "convert", "values", "current_timestamp", "utc_timestamp", "utc_date",
      "utc_time", "localtime", "localtimestamp", "current_date", "current_time":
      advance()
      guard token.kind == .sign("(") else {
        throw syntaxError()
      }
      try skipParentheses()
      return .function
    default:
      throw syntaxError()
    }
  }

  private mutating func parseParentheses() throws(QueryRefusal) -> QueryExpression {
    advance()
    if isKeyword("select") {
      try skipToClosing()
      return .other("*sqlparser.Subquery")
    }
    let list = try parseList()
    try expect(sign: ")")
    return list.count == 1 ? .parentheses(list[0]) : .tuple(list)
  }

  private mutating func skipParentheses() throws(QueryRefusal) {
    advance()
    try skipToClosing()
  }

  private mutating func skipToClosing() throws(QueryRefusal) {
    var open = 1
    while open > 0 {
      switch token.kind {
      case .sign("("): open += 1
      case .sign(")"): open -= 1
      case .end, .unreadable: throw syntaxError()
      default: break
      }
      advance()
    }
  }
}

extension QueryExpression {
  /// The expression as refusals quote it.
  var sourceText: String {
    switch self {
    case .column(let name): name
    case .string(let text): "'\(text)'"
    case .number(let text): text
    case .boolean(let value): "\(value)"
    case .other(_, let text): text
    default: ""
    }
  }
}

extension String {
  /// Without blanks at either end.
  fileprivate var trimmingBlanks: String {
    let isBlank: (Character) -> Bool = { $0.isWhitespace }
    guard let start = firstIndex(where: { !isBlank($0) }), let end = lastIndex(where: { !isBlank($0) }) else {
      return ""
    }
    return String(self[start...end])
  }
}
