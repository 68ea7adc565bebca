package import HindcastCore

/// The workflows of an app that one worker has.
package struct WorkflowSubset: WorkflowCode {
  package let workflowTypes: [String]

  private let code: any WorkflowCode
  private let names: Set<String>

  /// - Parameters:
  ///   - code: The app's workflows.
  ///   - types: The registered names.
  ///   - aliases: Names that runs may carry as well, such as the entries' ids.
  package init(_ code: any WorkflowCode, types: [String], aliases: [String]) {
    self.code = code
    workflowTypes = types.sorted()
    names = Set(types + aliases)
  }

  package func makeRuntime(_ options: RuntimeOptions) throws(WorkflowLoadError) -> any WorkflowRuntime {
    Runtime(try code.makeRuntime(options), names: names)
  }

  private final class Runtime: WorkflowRuntime {
    private let runtime: any WorkflowRuntime
    private let names: Set<String>

    init(_ runtime: any WorkflowRuntime, names: Set<String>) {
      self.runtime = runtime
      self.names = names
    }

    var runsManyInstances: Bool { runtime.runsManyInstances }

    func makeInstance(in environment: WorkflowEnvironment) throws(WorkflowLoadError) -> any WorkflowInstance {
      guard names.contains(environment.info.workflowType) else {
        throw WorkflowLoadError(.unregisteredType, "no workflow \(environment.info.workflowType) on this worker")
      }
      return try runtime.makeInstance(in: environment)
    }
  }
}
