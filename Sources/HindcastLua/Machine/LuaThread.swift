internal import CLuaHost

/// How a resume ended.
enum LuaOutcome {
  /// The function returned; its results are at positions 1 ... count.
  case finished(Int)
  /// A host function waits: the values of the next resume are its results.
  case waiting
  /// The thread's own code called `coroutine.yield`; the values are the top ones.
  case yielded(Int)
  /// An error that nothing caught, or a budget. The error value is on top of the stack: look there for host objects.
  case failed(LuaFault)
}

/// A thread of the scheduler: a coroutine that only Swift resumes.
///
/// To start one, push a function or a program, push its arguments, and resume.
final class LuaThread: LuaStackAccess {
  let environment: LuaEnvironment
  let state: OpaquePointer
  private let slot: Int32

  /// Not kept alive, as by every handle: whoever uses handles keeps the machine.
  var machine: LuaMachine { environment.machine }

  init(environment: LuaEnvironment) {
    self.environment = environment
    var slot: Int32 = 0
    state = hc_thread_new(environment.machine.vm, &slot)
    self.slot = slot
  }

  deinit {
    if let vm = environment.bridge.vm { hc_unref(vm, slot) }
  }

  /// Pushes a fresh function of the program, with this run's globals. The support functions that its text expects are
  /// its first arguments.
  func push(_ program: LuaProgram) throws(LuaFault) {
    let reference = try machine.reference(of: program)
    guard hc_program_push(machine.vm, reference, environment.run, state) else {
      throw LuaFault(kind: .setUp, message: text(-1))
    }
  }

  /// Resumes with the top `arguments` values.
  func resume(arguments: Int = 0) -> LuaOutcome {
    var count: Int32 = 0
    return outcome(hc_resume(machine.vm, environment.run, state, Int32(arguments), &count), Int(count))
  }

  /// Resumes a waiting thread by raising the value on top of its stack at the place where it waits.
  func resumeRaising() -> LuaOutcome {
    var count: Int32 = 0
    return outcome(hc_resume_raising(machine.vm, environment.run, state, &count), Int(count))
  }

  /// Drops everything the thread holds, when it is not running. It cannot be resumed afterwards.
  func abandon() { hc_thread_abandon(machine.vm, state) }

  private func outcome(_ status: Int32, _ count: Int) -> LuaOutcome {
    switch status {
    case Int32(HC_FINISHED): .finished(count)
    case Int32(HC_WAITING): .waiting
    case Int32(HC_YIELDED): .yielded(count)
    case Int32(HC_FAILED): .failed(fault())
    default: .failed(LuaFault(kind: .refused, message: "cannot resume a thread that is dead or running"))
    }
  }

  private func fault() -> LuaFault {
    let frames = traceback
    let message = text(-1)
    let kind: LuaFault.Kind =
      switch hc_fault(machine.vm) {
      case Int32(HC_FAULT_INSTRUCTIONS): .instructionBudget
      case Int32(HC_FAULT_CPU_TIME): .cpuBudget
      case Int32(HC_FAULT_MEMORY): .memory
      default:
        type(-1) == .string && message.hasSuffix("stack overflow") && frames.count > 100 ? .stackOverflow : .error
      }
    return LuaFault(kind: kind, message: message, frames: frames)
  }
}
