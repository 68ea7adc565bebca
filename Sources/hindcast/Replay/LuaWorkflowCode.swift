import HindcastCore
import HindcastRegistry

/// Stands where `HindcastLua`'s code of an app will: names the app's workflows, and says that they cannot run.
struct LuaWorkflowCode: WorkflowCode {
  let workflowTypes: [String]

  init(_ registry: Registry) { workflowTypes = registry.workflows.map(\.workflowName).sorted() }

  func makeRuntime(_ options: RuntimeOptions) throws(WorkflowLoadError) -> any WorkflowRuntime {
    throw WorkflowLoadError(.invalidCode, "Lua workflows cannot be run by this build yet")
  }
}
