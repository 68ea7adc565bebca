import XCTest

@testable import HindcastLua

/// A machine with what the tests of the machine need around it: the dialect's support functions and a recorded `print`.
final class LuaRig {
  let machine: LuaMachine
  private var support: [LuaSupport: LuaReference] = [:]

  init(memoryLimit: Int = 64 << 20, seed: UInt64 = 0, cpuClock: (() -> Int64)? = nil) throws {
    let lines = Lines()
    var configuration = LuaMachine.Configuration()
    configuration.memoryLimit = memoryLimit
    configuration.seed = seed
    configuration.cpuClock = cpuClock
    configuration.print = { lines.all.append($0) }
    machine = try LuaMachine(configuration)
    self.lines = lines
    try loadSupport()
    machine.seal()
  }

  private let lines: Lines
  private final class Lines { var all: [String] = [] }
  var output: [String] { lines.all }

  private func loadSupport() throws {
    let environment = machine.makePreludeEnvironment()
    let thread = environment.makeThread()
    for helper in LuaSupport.allCases where thread.pushHelper(helper.rawValue) {
      support[helper] = thread.reference(-1)
      thread.pop()
    }
    machine.pushGlobals(of: environment)
    machine.pushField("select", of: -1)
    support[.select] = machine.reference(-1)
    machine.pop(2)
    let loop = environment.makeThread()
    try loop.push(LuaProgram(text: LuaLoopRuntime.source, chunkName: "[for]"))
    guard case .finished = loop.resume() else { return XCTFail("the loop runtime does not load") }
    support[.prepareFor] = loop.reference(1)
    let types = environment.makeThread()
    try types.push(LuaProgram(text: LuaTypeRuntime.source, chunkName: "[types]"))
    types.push(
      machine.makeFunction("make_error") { call in .results(call.pushField("message", of: 1) == .string ? 1 : 0) })
    guard case .finished = types.resume(arguments: 1) else { return XCTFail("the type runtime does not load") }
    support[.type] = types.reference(1)
  }

  /// A thread about to run dialect text in fresh globals. Returns how many arguments are on its stack.
  func thread(
    _ text: String, chunkName: String = "app:test", environment: LuaEnvironment? = nil,
    countsCoverage: Bool = false
  ) throws -> (LuaThread, Int) {
    let translation = try LuaDialect.translate(Array(text.utf8), chunkName: chunkName, countsCoverage: countsCoverage)
    let program = try LuaProgram(text: translation.text, chunkName: chunkName, file: "test.lua")
    let thread = (environment ?? machine.makeEnvironment()).makeThread()
    try thread.push(program)
    for name in translation.support { thread.push(try XCTUnwrap(support[name], "\(name)")) }
    return (thread, translation.support.count)
  }

  /// Runs dialect text to its end and gives its results as `tostring` shows them.
  func results(
    _ text: String, environment: LuaEnvironment? = nil, countsCoverage: Bool = false
  ) throws -> [String] {
    let (thread, arguments) = try thread(text, environment: environment, countsCoverage: countsCoverage)
    switch thread.resume(arguments: arguments) {
    case .finished(let count): return (0..<count).map { thread.text($0 + 1) }
    case .failed(let fault): throw fault
    default: throw LuaFault(kind: .error, message: "neither finished nor failed")
    }
  }

  /// Runs dialect text that must fail.
  func fault(_ text: String, file: StaticString = #filePath, line: UInt = #line) throws -> LuaFault {
    let (thread, arguments) = try thread(text)
    if case .failed(let fault) = thread.resume(arguments: arguments) { return fault }
    XCTFail("must fail: \(text)", file: file, line: line)
    return LuaFault(kind: .setUp, message: "")
  }
}

/// Expressions or chunks with their results joined by a space, each run in fresh globals of one machine.
func assertResults(_ cases: [(String, String)], file: StaticString = #filePath, line: UInt = #line) throws {
  let rig = try LuaRig()
  for (text, expected) in cases {
    let isChunk = ["local ", "return ", "for ", "type "].contains { text.hasPrefix($0) }
    let source = isChunk ? text : "return " + text
    do {
      let results = try rig.results(source)
      XCTAssertEqual(results.joined(separator: " "), expected, text, file: file, line: line)
    } catch {
      XCTFail("\(text): \(error)", file: file, line: line)
    }
  }
}
