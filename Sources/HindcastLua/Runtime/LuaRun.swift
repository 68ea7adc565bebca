import HindcastCore
import HindcastRegistry

/// One run of a Lua entry: its globals and its process. A workflow's instance and an activity each have one.
final class LuaRun {
  let host: ModuleHost
  let blueprint: LuaBlueprint
  let environment: LuaEnvironment
  private(set) var process: LuaProcess?

  init(_ blueprint: LuaBlueprint, _ host: ModuleHost, randomSeed: UInt64) {
    self.host = host
    self.blueprint = blueprint
    environment = host.machine.makeEnvironment(randomSeed: randomSeed)
  }

  /// Loads the modules and libraries, runs the script, and makes the main coroutine of its method.
  /// - Parameter pushArguments: pushes the method's arguments and says how many they are.
  func start(_ pushArguments: (LuaMachine) -> Int) throws(LuaFault) {
    host.process = nil
    host.task = nil
    host.failedFrames = []
    for global in blueprint.globals {
      switch global {
      case .module(let name): environment.setGlobal(name) { host.push(module: name, onto: $0) }
      case .library(let alias, let unit):
        let value = try run(unit)
        environment.setGlobal(alias) { machine in
          if let value { machine.push(value) } else { machine.pushNil() }
        }
      }
    }
    guard let method = try method() else {
      throw LuaFault(
        kind: .error, message: "method \"\(blueprint.definition.method)\" not found in module")
    }
    let process = LuaProcess(host: host, environment: environment)
    self.process = process
    host.machine.push(method)
    process.start(argumentCount: pushArguments(host.machine))
  }

  /// Runs a chunk that must not wait; its first value.
  private func run(_ unit: LuaUnit) throws(LuaFault) -> LuaReference? {
    let thread = environment.makeThread()
    try thread.push(unit.program)
    switch thread.resume(arguments: host.support.push(unit.support, onto: thread)) {
    case .finished(let count): return count > 0 && !thread.isNil(1) ? thread.reference(1) : nil
    case .failed(let fault): throw fault
    case .waiting, .yielded:
      throw LuaFault(kind: .error, message: "can not yield from outside of a coroutine", frames: thread.traceback)
    }
  }

  /// The function that the script gives: itself, or the field of its table that the entry names.
  private func method() throws(LuaFault) -> LuaReference? {
    guard let value = try run(blueprint.main) else { return nil }
    let machine = host.machine
    machine.push(value)
    defer { machine.pop() }
    switch machine.type(-1) {
    case .function: return value
    case .table:
      machine.pushField(blueprint.definition.method, of: -1)
      defer { machine.pop() }
      return machine.type(-1) == .function ? machine.reference(-1) : nil
    default: return nil
    }
  }

  /// Where a line of Lua code stands in the user's files.
  func location(_ location: LuaLocation?) -> SourceLocation? {
    guard let location else { return nil }
    return blueprint.places[location.file]?.location(location.line)
      ?? SourceLocation(file: location.file, line: location.line)
  }

  func frames(_ frames: [LuaFrame]) -> [StackFrame] {
    frames.map { StackFrame(location: location($0.location), function: $0.function) }
  }

  func close() {
    process?.clear()
    process = nil
  }
}
