import XCTest

@testable import HindcastLua

final class LuaObjectTests: XCTestCase {
  private final class Box {
    let value: Int
    let onRelease: () -> Void
    init(_ value: Int, onRelease: @escaping () -> Void = {}) {
      self.value = value
      self.onRelease = onRelease
    }
    deinit { onRelease() }
  }

  private func boxKind(_ machine: LuaMachine) -> LuaKind<Box> {
    let kind = machine.makeKind("Box", for: Box.self)
    kind.setMethod("get") { (call: inout LuaCall) throws(LuaRaise) -> LuaReply in
      let box = try call.checkObject(1, kind)
      call.push(box.value)
      return .results(1)
    }
    kind.setMetamethod("__concat") { call in
      call.push("joined")
      return .results(1)
    }
    kind.setMetamethod("__eq") { call in
      call.push(call.object(1, kind)?.value == call.object(2, kind)?.value)
      return .results(1)
    }
    kind.setDescription { box, purpose in purpose == .export ? nil : "box \(box.value)" }
    return kind
  }

  func testObjectsKeepTheirIdentityAndAnswerTheirMethods() throws {
    let rig = try LuaRig()
    let kind = boxKind(rig.machine)
    let box = Box(7)
    rig.machine.setGlobalFunction("box") { call in
      call.push(box, kind)
      return .results(1)
    }
    rig.machine.setGlobalFunction("other") { call in
      call.push(Box(7), kind)
      return .results(1)
    }
    for (text, expected) in [
      ("return rawequal(box(), box()), type(box()), tostring(box())", "true userdata box 7"),
      ("return box():get(), box() .. 'x', box() == other(), rawequal(box(), other())", "7 joined true false"),
      ("local t = {[box()] = 1} return t[box()]", "1"), ("return getmetatable(box())", "false"),
      ("return box().nothing", "nil"),
      ("return select(2, pcall(box().get, 1))", "bad argument #1 to '?' (Box expected, got number)"),
      ("return select(2, pcall(function() box().x = 1 end))", "app:test:1: attempt to index a Box value"),
    ] {
      let results = try rig.results(text).joined(separator: " ")
      XCTAssertTrue(results.hasPrefix(expected), "\(text): \(results)")
    }
  }

  func testObjectsAreReleased() throws {
    var alive = 0
    do {
      let rig = try LuaRig()
      let kind = boxKind(rig.machine)
      rig.machine.setGlobalFunction("box") { call in
        alive += 1
        call.push(Box(1) { alive -= 1 }, kind)
        return .results(1)
      }
      _ = try rig.results("for i = 1, 10000 do local b = box() end kept = box()")
      rig.machine.collectGarbage()
      XCTAssertEqual(alive, 0, "the run is over, so its globals are garbage")
      let environment = rig.machine.makeEnvironment()
      _ = try rig.results("kept = box()", environment: environment)
      rig.machine.collectGarbage()
      XCTAssertEqual(alive, 1)
    }
    XCTAssertEqual(alive, 0, "closing the machine releases what is left")
  }

  func testReferencesMayOutliveTheMachine() throws {
    var rig: LuaRig? = try LuaRig()
    let machine = try XCTUnwrap(rig?.machine)
    machine.push("kept")
    let reference = machine.reference(-1)
    machine.pop()
    machine.push(reference)
    XCTAssertEqual(machine.string(-1), "kept")
    machine.pop()
    rig = nil
    XCTAssertNotNil(reference)
  }

  /// A raise must not skip the release of anything that a host function holds.
  func testHostErrorsLeakNothing() throws {
    var alive = 0
    let rig = try LuaRig()
    rig.machine.setGlobalFunction("fail") { (call: inout LuaCall) throws(LuaRaise) -> LuaReply in
      alive += 1
      let held = Box(1) { alive -= 1 }
      if held.value == 1 { throw .message("failed with \(held.value)") }
      return .nothing
    }
    rig.machine.setGlobalFunction("complain") { (call: inout LuaCall) throws(LuaRaise) -> LuaReply in
      alive += 1
      let held = [Box(2) { alive -= 1 }]
      if held.count == 1 { throw .argument(1, "held \(held.count)") }
      return .nothing
    }
    let text = "for i = 1, 100000 do pcall(fail) pcall(complain) end return 'done'"
    XCTAssertEqual(try rig.results(text), ["done"])
    XCTAssertEqual(alive, 0)
    rig.machine.collectGarbage()
    let before = rig.machine.usedMemory
    XCTAssertEqual(try rig.results(text), ["done"])
    rig.machine.collectGarbage()
    XCTAssertLessThan(rig.machine.usedMemory, before + 20_000)
  }
}
