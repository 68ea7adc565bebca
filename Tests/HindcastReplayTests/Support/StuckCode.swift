import Foundation
import HindcastCore
import HindcastTestSupport

/// Code of which one type never answers, not even to a limit: its runtime waits until the test lets it go.
final class StuckCode: WorkflowCode, @unchecked Sendable {
  // Unchecked: the state is only touched under the condition's lock.
  private let condition = NSCondition()
  private var isReleased = false
  private let code: ScriptedCode

  init(_ steps: [Step], type: String) { code = ScriptedCode(steps, type: type) }

  var workflowTypes: [String] { code.workflowTypes }

  func makeRuntime(_ options: RuntimeOptions) -> any WorkflowRuntime {
    StuckRuntime(inner: code.makeRuntime(options), code: self)
  }

  func release() {
    condition.lock()
    isReleased = true
    condition.broadcast()
    condition.unlock()
  }

  func waitForRelease() {
    condition.lock()
    while !isReleased { condition.wait() }
    condition.unlock()
  }
}

private final class StuckRuntime: WorkflowRuntime {
  private let inner: any WorkflowRuntime
  private let code: StuckCode

  init(inner: any WorkflowRuntime, code: StuckCode) {
    self.inner = inner
    self.code = code
  }

  func makeInstance(in environment: WorkflowEnvironment) throws(WorkflowLoadError) -> any WorkflowInstance {
    if environment.info.workflowType == "stuck" { code.waitForRelease() }
    return try inner.makeInstance(in: environment)
  }
}
