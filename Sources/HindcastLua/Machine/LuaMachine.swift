internal import CLuaHost

/// One Lua virtual machine: a sandboxed standard library that is loaded once, in which many runs are executed one after
/// another (or side by side), each with globals of its own.
///
/// A machine belongs to one thread at a time. Nothing in it may be used while another thread uses it.
final class LuaMachine {
  /// What a machine is made with.
  struct Configuration {
    /// Bytes that runs may hold over what the machine itself holds; 0 for no limit.
    var memoryLimit = 64 << 20
    /// Varies what another process would vary: addresses, and so the numbers that `tostring` shows for tables.
    /// Two machines with one seed show the same.
    var seed: UInt64 = 0
    /// CPU time of the calling thread in nanoseconds; `nil` asks the operating system.
    var cpuClock: (() -> Int64)?
    /// Receives each line that a run prints.
    var print: (String) -> Void = { _ in }
    /// Whether to count which lines and probes of user code run, for ``takeCoverage()``.
    var collectsCoverage = false
  }

  let vm: OpaquePointer
  /// The stack that registering functions uses; never one that runs user code.
  let mainState: OpaquePointer
  /// Anything the modules want to find again from a host function.
  var context: AnyObject?

  /// What `os.time` and `os.date` read. Set it before a run.
  var clock: () -> LuaInstant = { .yearOne }
  /// What `os.clock` counts from.
  var clockStart = LuaInstant(seconds: 0)
  /// Local time at a UTC second, for `os.date` with a time and `os.time` with a table.
  var zone: (Int64) -> LuaZone = GoZone.local.offset(at:)

  /// Whether threads made from now on remember where their code returns, for ``lastFrame``. Costs a little at every
  /// return, so it is for runs that are looked at closely.
  var tracksLines = false {
    didSet { hc_track_returns(vm, tracksLines) }
  }

  let bridge: LuaBridge
  /// Chunk name → the file that its lines are lines of.
  var files: [String: String] = [:]
  private var programs: [LuaProgram.ID: Int32] = [:]

  /// Opens a machine with the standard library.
  ///
  /// - Throws: a fault of kind ``LuaFault/Kind/setUp`` when memory is out or the Lua library is not one of 5.4.
  init(_ configuration: Configuration = Configuration()) throws(LuaFault) {
    bridge = LuaBridge(print: configuration.print, cpuClock: configuration.cpuClock)
    var host = bridge.callbacks()
    guard let vm = hc_open(&host, configuration.memoryLimit, configuration.seed) else {
      throw LuaFault(
        kind: .setUp, message: "cannot open a Lua 5.4 machine: out of memory, or an unsupported Lua library")
    }
    if configuration.collectsCoverage { hc_collect_coverage(vm) }
    self.vm = vm
    mainState = hc_main_state(vm)
    bridge.machine = self
    bridge.vm = vm
    installOSLibrary()
    seal()
  }

  deinit {
    bridge.vm = nil
    hc_close(vm)
  }

  // MARK: Registering

  /// Makes a host function. `name` is what error messages and tracebacks call it.
  func makeFunction(_ name: String, _ body: @escaping LuaHostFunction) -> LuaFunction {
    bridge.functions.append(body)
    return LuaFunction(number: Int32(bridge.functions.count - 1), name: name)
  }

  /// Sets function `name` of the shared library `library`, which is created when absent. Libraries are read-only to
  /// runs and become globals by ``setGlobal(library:_:)``.
  func setFunction(_ name: String, of library: String, _ body: @escaping LuaHostFunction) {
    push(makeFunction(name, body))
    hc_set_library_field(vm, library, name)
  }

  /// Makes a function a global of every run that is made from now on.
  func setGlobalFunction(_ name: String, _ body: @escaping LuaHostFunction) {
    push(makeFunction(name, body))
    hc_set_library_field(vm, "", name)
  }

  /// Sets field `name` of a shared library (`nil`: of the globals) to the value that `pushing` pushes.
  func setField(_ name: String, of library: String?, pushing: (LuaMachine) -> Void) {
    pushing(self)
    hc_set_library_field(vm, library ?? "", name)
  }

  /// Whether a library is a global of every run that is made from now on.
  func setGlobal(library: String, _ isGlobal: Bool) {
    hc_set_global_library(vm, library, isGlobal)
  }

  /// Makes a kind of host objects.
  func makeKind<Object: AnyObject>(_ name: String, for type: Object.Type = Object.self) -> LuaKind<Object> {
    bridge.descriptions.append(nil)
    return LuaKind(machine: self, number: hc_kind_new(vm, name), name: name)
  }

  /// Declares that what the machine holds now is its own, so that the memory limit of runs counts from here.
  /// Call it after everything is registered.
  func seal() { hc_seal(vm) }

  // MARK: Runs

  /// Fresh globals for a run.
  ///
  /// - Parameter randomSeed: starts the sequence of `math.random`.
  func makeEnvironment(randomSeed: UInt64 = 0) -> LuaEnvironment {
    LuaEnvironment(machine: self, randomSeed: randomSeed)
  }

  /// Globals for our own Lua text (the support functions of the dialect), with what no workflow gets: weak tables,
  /// `rawlen`, and a `next` that keeps the subtype of keys.
  func makePreludeEnvironment() -> LuaEnvironment {
    let environment = LuaEnvironment(machine: self, randomSeed: 0)
    hc_widen_for_prelude(vm, environment.run)
    return environment
  }

  /// Starts a slice of work (a workflow task): the budgets count from now on, over all resumes until the next call.
  /// It also takes back the fault of the slice before: until then, whatever runs ends in that fault again.
  ///
  /// - Parameters:
  ///   - instructions: VM instructions, counted in steps of a thousand; `nil` for no limit. The same in every process.
  ///   - cpuTime: of the calling thread, in nanoseconds; `nil` for no limit.
  func beginSlice(instructions: Int64? = nil, cpuTime: Int64? = nil) {
    hc_begin_slice(vm, instructions ?? 0, cpuTime ?? 0)
  }

  /// Instructions counted since the slice began.
  var sliceInstructions: Int64 { hc_slice_instructions(vm) }

  /// The reference of a program in this machine, loaded at its first use.
  func reference(of program: LuaProgram) throws(LuaFault) -> Int32 {
    if let known = programs[program.id] { return known }
    let loaded = program.compiled.withUnsafeBufferPointer { bytes in
      hc_program_load(vm, UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    guard loaded != 0 else { throw LuaFault(kind: .setUp, message: "cannot load the program \(program.chunkName)") }
    programs[program.id] = loaded
    files[program.chunkName] = program.file
    return loaded
  }

  // MARK: Memory

  /// Bytes in use, garbage included.
  var usedMemory: Int { hc_used_memory(vm) }
  /// The most bytes in use since ``seal()``.
  var peakMemory: Int { hc_peak_memory(vm) }
  /// Bytes taken from the system. It does not shrink: replace a machine that one run has bloated.
  var reservedMemory: Int { hc_reserved_memory(vm) }
  /// Collects all garbage now.
  func collectGarbage() { hc_collect(vm) }
}

extension LuaMachine: LuaStackAccess {
  var state: OpaquePointer { mainState }
  var machine: LuaMachine { self }
}

/// A host function of one machine; see ``LuaMachine/makeFunction(_:_:)``.
struct LuaFunction {
  let number: Int32
  let name: String
}
