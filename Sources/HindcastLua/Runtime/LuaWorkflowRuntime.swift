import HindcastCore

/// A Lua machine and what runs in it, for one thread.
final class LuaWorkflowRuntime: WorkflowRuntime {
  private let application: LuaApplication
  private let options: RuntimeOptions
  private let usesSystemRandomness: Bool
  private let processes: (any ProcessRelay)?
  private var host: ModuleHost
  /// What ran on machines that were given up.
  private var coverage = CoverageCounts()

  init(
    _ application: LuaApplication, _ options: RuntimeOptions, usesSystemRandomness: Bool,
    processes: (any ProcessRelay)?
  ) throws(WorkflowLoadError) {
    self.application = application
    self.options = options
    self.usesSystemRandomness = usesSystemRandomness
    self.processes = processes
    host = try ModuleHost.open(options)
  }

  func makeInstance(in environment: WorkflowEnvironment) throws(WorkflowLoadError) -> any WorkflowInstance {
    let blueprint = try application.workflow(
      environment.info.workflowType, taskQueue: environment.info.taskQueue)
    // A run that broke a limit leaves its memory behind.
    if host.isSpent {
      if options.collectsCoverage { coverage.add(application.coverage(of: host.machine.takeCoverage())) }
      host = try ModuleHost.open(options)
    }
    return LuaWorkflowInstance(
      blueprint, application, environment, host, limits: options.limits,
      random: usesSystemRandomness ? .system : .run(environment.info.runID), processes: processes)
  }

  func takeCoverage() -> CoverageCounts {
    guard options.collectsCoverage else { return CoverageCounts() }
    defer { coverage = CoverageCounts() }
    coverage.add(application.coverage(of: host.machine.takeCoverage()))
    return coverage
  }
}

extension ModuleHost {
  /// Opens a machine within a runtime's limits.
  static func open(_ options: RuntimeOptions) throws(WorkflowLoadError) -> ModuleHost {
    do throws(LuaFault) {
      return try ModuleHost(
        seed: options.seed, memoryLimit: options.limits.memory, collectsCoverage: options.collectsCoverage)
    } catch {
      throw WorkflowLoadError(.invalidCode, error.message)
    }
  }
}
