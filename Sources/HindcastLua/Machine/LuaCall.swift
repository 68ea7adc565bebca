internal import CLuaHost

/// A function of the host that Lua code can call.
///
/// Its arguments are at positions 1 ... `call.count`. It pushes its results and returns how many, or `.wait`.
typealias LuaHostFunction = (inout LuaCall) throws(LuaRaise) -> LuaReply

/// What a host function answers.
struct LuaReply {
  let action: Int32
  let count: Int32

  /// The top `count` values are the results.
  static func results(_ count: Int) -> LuaReply { LuaReply(action: Int32(HC_RETURN), count: Int32(count)) }
  /// No results.
  static var nothing: LuaReply { results(0) }
  /// Suspends the whole scheduler thread: ``LuaThread/resume(arguments:)`` returns ``LuaOutcome/waiting``, and the values
  /// of the next resume are the results. Ask ``LuaCall/canWait`` before anything is recorded that cannot be undone.
  static var wait: LuaReply { LuaReply(action: Int32(HC_WAIT), count: 0) }
}

/// A Lua error that a host function raises.
enum LuaRaise: Error {
  /// A message; the position of the caller is put in front, as Lua's own functions do.
  case message(String)
  /// A complaint about an argument: `bad argument #1 to 'x' (complaint)`.
  case argument(Int, String)
  /// The value on top of the stack, as it is.
  case value
}

/// One call of a host function.
struct LuaCall: LuaStackAccess {
  unowned(unsafe) let machine: LuaMachine
  let state: OpaquePointer
  /// How many arguments there are.
  let count: Int

  /// Whether the function may answer ``LuaReply/wait``: false inside a sort comparator, a gsub callback and the like.
  var canWait: Bool { hc_can_wait(machine.vm, state) }

  /// Counts instructions for work that the function does itself, so that a long computation uses up the slice's budget.
  /// Nothing is raised here: the call ends first.
  func charge(instructions: Int64) { hc_spend(machine.vm, instructions) }

  /// Whether the slice's budget is used up: a function that works long asks now and then, and returns early. What it
  /// returns is never seen.
  var isBudgetUsedUp: Bool { hc_is_used_up(machine.vm) }

  // MARK: Arguments, or an error worded like Lua's

  /// The string (or the text of the number) at an argument.
  func checkString(_ argument: Int) throws(LuaRaise) -> String {
    switch type(argument) {
    case .string, .number: text(argument)
    default: throw wrongType(argument, "string")
    }
  }

  /// The string at an argument, or `otherwise` where there is none or nil.
  func checkString(_ argument: Int, or otherwise: String) throws(LuaRaise) -> String {
    isNil(argument) ? otherwise : try checkString(argument)
  }

  /// The number at an argument; a string that reads as one is a float.
  func checkNumber(_ argument: Int) throws(LuaRaise) -> LuaNumber {
    if let number = number(argument) { return number }
    var value = 0.0
    guard hc_numeric(state, Int32(argument), &value) else { throw wrongType(argument, "number") }
    return .float(value)
  }

  /// The number at an argument as an integer, truncated.
  func checkInteger(_ argument: Int) throws(LuaRaise) -> Int64 { try checkNumber(argument).truncated }

  /// The number at an argument as a float.
  func checkDouble(_ argument: Int) throws(LuaRaise) -> Double { try checkNumber(argument).double }

  /// Complains unless the argument is of the type.
  func check(_ argument: Int, is expected: LuaType) throws(LuaRaise) {
    if type(argument) != expected { throw wrongType(argument, expected.name) }
  }

  /// The host object at an argument.
  func checkObject<Object>(_ argument: Int, _ kind: LuaKind<Object>) throws(LuaRaise) -> Object {
    guard let object = object(argument, kind) else { throw wrongType(argument, kind.name) }
    return object
  }

  /// `bad argument #1 to 'x' (string expected, got nil)`.
  func wrongType(_ argument: Int, _ expected: String) -> LuaRaise {
    .argument(argument, "\(expected) expected, got \(typeName(argument))")
  }
}
