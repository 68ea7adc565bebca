/// Why Lua code could not go on.
struct LuaFault: Error {
  enum Kind: Sendable {
    /// An error that nothing caught.
    case error
    /// The text is not a program.
    case syntax
    /// The slice used up its instructions.
    case instructionBudget
    /// The slice used up its CPU time.
    case cpuBudget
    /// The run holds more memory than it may.
    case memory
    /// Calls were nested too deeply.
    case stackOverflow
    /// The thread is dead or running.
    case refused
    /// The machine could not be set up.
    case setUp
  }

  let kind: Kind
  /// The text of the error value; it begins with `<chunk name>:<line>:` where Lua put the position there.
  let message: String
  /// The stack at the error, innermost first.
  var frames: [LuaFrame] = []

  /// The innermost line of user code.
  var location: LuaLocation? { frames.lazy.compactMap(\.location).first }
}

extension LuaFault: CustomStringConvertible {
  var description: String {
    ([message] + frames.map { "  at \($0)" }).joined(separator: "\n")
  }
}

/// A line of the user's code.
struct LuaLocation: Hashable, Sendable, CustomStringConvertible {
  let file: String
  let line: Int
  var description: String { "\(file):\(line)" }
}

/// One level of a Lua stack.
struct LuaFrame: Hashable, Sendable, CustomStringConvertible {
  /// Where it stands; nil for a function of the host.
  let location: LuaLocation?
  /// What the function is called: `main chunk`, `function 'charge'`, `method 'receive'`, `function <orders.lua:12>`.
  let function: String

  var description: String {
    if let location { "\(location): in \(function)" } else { "[host]: in \(function)" }
  }
}
