import CTaskHooks
import HindcastCore

/// Makes instances of Swift workflows, and keeps the thread on which their code runs.
final class SwiftRuntime: WorkflowRuntime {
  private let registrations: [String: WorkflowRegistration]
  private let threads: DrainThreads?
  /// Runs share nothing but the thread, which each needs only while its code runs.
  let runsManyInstances = true

  init(registrations: [String: WorkflowRegistration], options: RuntimeOptions) {
    self.registrations = registrations
    threads = options.limits.cpuTime.map { DrainThreads(cpuLimit: $0) }
    hindcast_install_task_hook()
  }

  func makeInstance(in environment: WorkflowEnvironment) throws(WorkflowLoadError) -> any WorkflowInstance {
    let type = environment.info.workflowType
    guard let registration = registrations[type] else {
      let known = registrations.keys.sorted().joined(separator: ", ")
      throw WorkflowLoadError(
        .unregisteredType, "unable to find workflow type: \(type). Supported types: [\(known)]",
        hint: "register it with SwiftWorkflows.workflow(\"\(type)\")")
    }
    return SwiftWorkflowInstance(
      host: WorkflowHost(environment: environment, registration: registration, threads: threads))
  }
}
