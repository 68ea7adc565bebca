internal import CLuaHost

/// A run's own state in a machine: its globals, its random numbers, and the names it gave to tables and functions.
/// When it and its threads are gone, everything the run made is garbage.
final class LuaEnvironment {
  unowned(unsafe) let machine: LuaMachine
  let bridge: LuaBridge
  let run: OpaquePointer

  init(machine: LuaMachine, randomSeed: UInt64) {
    self.machine = machine
    bridge = machine.bridge
    // A run is a few dozen bytes; the process is lost anyway when these cannot be had.
    guard let run = hc_run_open(machine.vm, randomSeed) else { preconditionFailure("out of memory") }
    self.run = run
  }

  deinit { hc_run_close(bridge.vm, run) }

  /// Sets a global of this run to the value that `pushing` pushes.
  func setGlobal(_ name: String, pushing: (LuaMachine) -> Void) {
    machine.pushGlobals(of: self)
    let globals = machine.top
    pushing(machine)
    machine.setField(name, of: globals)
    machine.pop()
  }

  /// A new thread of the scheduler for this run.
  func makeThread() -> LuaThread { LuaThread(environment: self) }
}
