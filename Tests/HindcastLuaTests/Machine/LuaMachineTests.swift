import XCTest

@testable import HindcastLua

final class LuaMachineTests: XCTestCase {
  func testRunsAProgramThatWaits() throws {
    let machine = try LuaMachine()
    machine.setGlobalFunction("fetch") { call throws(LuaRaise) in
      _ = try call.checkString(1)
      return .wait
    }
    let program = try LuaProgram(text: "local a = fetch('x') return a + 1", chunkName: "app:main", file: "main.lua")
    let thread = machine.makeEnvironment().makeThread()
    try thread.push(program)
    guard case .waiting = thread.resume() else { return XCTFail("must wait") }
    XCTAssertEqual(thread.location, LuaLocation(file: "main.lua", line: 1))
    thread.push(41)
    guard case .finished(1) = thread.resume(arguments: 1) else { return XCTFail("must finish") }
    XCTAssertEqual(thread.integer(1), 42)
  }
}
