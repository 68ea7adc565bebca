import HindcastLua

/// A place in a source text, both from 1; the column in characters.
struct Position: Hashable, Sendable {
  var line: Int
  var column: Int
}

/// What a linter has to know of an expression. Operators are not grouped by strength and suffixes not nested, so that a
/// long chain of either is no deep tree.
indirect enum Expression: Sendable {
  case literal(Literal, Position)
  case name(Name)
  case function(FunctionBody)
  case table([TableItem], Position)
  /// A value and what follows it: `a.b(c):d()`.
  case chain(Expression, [Suffix])
  case unary(Operator, Expression, Position)
  /// Operands and the operators between them.
  case operation([Expression], [Operator])
  case parenthesized(Expression, Position)

  enum Literal: Sendable, Equatable {
    case `nil`, `true`, `false`, vararg
    case number(Double)
    case string(String)
  }

  /// Where it begins.
  var position: Position {
    switch self {
    case .literal(_, let position), .table(_, let position), .unary(_, _, let position),
      .parenthesized(_, let position):
      position
    case .name(let name): name.position
    case .function(let body): body.position
    case .chain(let base, _): base.position
    case .operation(let operands, _): operands.first?.position ?? Position(line: 1, column: 1)
    }
  }

  /// The string that it is, where it is a literal one.
  var string: String? { if case .literal(.string(let text), _) = withoutParentheses { text } else { nil } }

  /// The number that it is, where it is a literal one, a sign included.
  var number: Double? {
    switch withoutParentheses {
    case .literal(.number(let value), _): value
    case .unary(.minus, let operand, _): operand.number.map { -$0 }
    default: nil
    }
  }

  var withoutParentheses: Expression {
    var inner = self
    while case .parenthesized(let expression, _) = inner { inner = expression }
    return inner
  }
}

/// An operator by its spelling.
typealias Operator = SyntaxParser.Kind

/// A name where it is used.
struct Name: Sendable {
  var text: String
  /// The local variable that it means; nil for a global.
  var variable: Int?
  var position: Position
}

struct TableItem: Sendable {
  enum Key: Sendable {
    case position
    case field(String)
    case computed(Expression)
  }

  var key: Key
  var value: Expression
}

struct Suffix: Sendable {
  enum Kind: Sendable {
    case field(String)
    case index(Expression)
    case call([Expression])
    case method(String, [Expression])
  }

  var kind: Kind
  /// Of the field's name, or of what opens the rest.
  var position: Position
}

struct FunctionBody: Sendable {
  /// Its number in the chunk, from 1.
  var id: Int
  var block: Block
  var position: Position
}

typealias Block = [Statement]

indirect enum Statement: Sendable {
  case local([Int], [Expression])
  case localFunction(Int, FunctionBody)
  case assign([Expression], [Expression])
  case call(Expression)
  case `do`(Block)
  case `while`(Expression, Block)
  case `repeat`(Block, Expression)
  case `if`([(condition: Expression, block: Block)], else: Block?)
  case numericFor([Expression], Block)
  case genericFor([Expression], Block, Position)
  /// `function target.of.it() … end`.
  case function(Expression, FunctionBody)
  case `return`([Expression])
}

/// A local variable, a parameter or a loop's.
struct Variable: Sendable {
  var name: String
  var position: Position
  /// The function that declares it; 0 for the chunk.
  var function: Int
  /// What it was declared with, where that is one value of its own.
  var value: Expression?
  /// How often something else was assigned to it.
  var assignments = 0
  /// How often it was read.
  var reads = 0
}

/// A use of a global.
struct GlobalUse: Sendable {
  var name: String
  var position: Position
  var isWrite: Bool
  /// The function that it stands in; 0 for the chunk.
  var function: Int
}

/// A chunk of code, read.
struct Chunk: Sendable {
  var block: Block
  var variables: [Variable]
  var globals: [GlobalUse]
}
