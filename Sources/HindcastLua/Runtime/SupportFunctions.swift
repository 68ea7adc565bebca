/// The functions that translated text expects as its first arguments, once a machine.
final class SupportFunctions {
  private unowned(unsafe) let machine: LuaMachine
  private var functions: [LuaReference?]

  init(machine: LuaMachine) {
    self.machine = machine
    functions = Array(repeating: nil, count: LuaSupport.allCases.count)
  }

  /// The numbers by which `push` knows support functions.
  static func numbers(of support: [LuaSupport]) -> [Int] {
    support.compactMap { LuaSupport.allCases.firstIndex(of: $0) }
  }

  /// Pushes functions; returns how many.
  func push(_ numbers: [Int], onto stack: some LuaStackAccess) -> Int {
    for number in numbers {
      if let function = functions[number] { stack.push(function) } else { stack.pushNil() }
    }
    return numbers.count
  }

  /// Makes all functions. Needs the standard library and the kind of error values.
  func load(errors: LuaKind<LuaErrorValue>) throws(LuaFault) {
    let environment = machine.makePreludeEnvironment()
    let thread = environment.makeThread()
    for support in LuaSupport.allCases where thread.pushHelper(support.rawValue) {
      keep(thread.reference(-1), as: support)
      thread.pop()
    }

    keep(try run(LuaLoopRuntime.source, "[for]", in: environment) { _ in 0 }, as: .prepareFor)
    keep(
      try run(LuaTypeRuntime.source, "[types]", in: environment) { thread in
        thread.push(
          thread.machine.makeFunction("make_error") { (call: inout LuaCall) throws(LuaRaise) -> LuaReply in
            call.push(Self.typeError(call), errors)
            return .results(1)
          })
        thread.push(
          thread.machine.makeFunction("match") { (call: inout LuaCall) throws(LuaRaise) -> LuaReply in
            call.reply(Self.matches(pattern: try call.checkString(1), try call.checkString(2)))
          })
        return 2
      }, as: .type)
    machine.pushGlobals(of: environment)
    machine.pushField("select", of: -1)
    keep(machine.reference(-1), as: .select)
    machine.pop(2)
  }

  private func keep(_ function: LuaReference, as support: LuaSupport) {
    if let number = LuaSupport.allCases.firstIndex(of: support) { functions[number] = function }
  }

  private func run(
    _ text: String, _ name: String, in environment: LuaEnvironment, _ pushArguments: (LuaThread) -> Int
  ) throws(LuaFault) -> LuaReference {
    let thread = environment.makeThread()
    try thread.push(try LuaProgram(text: text, chunkName: name))
    switch thread.resume(arguments: pushArguments(thread)) {
    case .finished(let count) where count >= 1: return thread.reference(1)
    case .failed(let fault): throw fault
    default: throw LuaFault(kind: .setUp, message: "the support functions \(name) cannot be made")
    }
  }

  private static func typeError(_ call: LuaCall) -> LuaErrorValue {
    func text(_ field: String) -> String? { call.field(field, of: 1) { call.string($0) } }
    var details: [String: GoValue]?
    call.field("details", of: 1) { position in
      if case .object(let fields) = call.goValue(position) { details = fields }
    }
    return LuaErrorValue(
      kind: text("kind") ?? ErrorKind.invalid, message: text("message") ?? "", isRetryable: false, details: details)
  }

  private static func matches(pattern: String, _ text: String) -> Bool {
    do {
      return try Regex(pattern).firstMatch(in: text) != nil
    } catch {
      return true
    }
  }
}
