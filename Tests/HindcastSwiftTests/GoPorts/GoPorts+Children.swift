import HindcastSwift

extension GoPorts {
  static func addChildren(_ code: SwiftWorkflows) -> SwiftWorkflows {
    code
      .workflow("DuplicateChildWorkflow") { context in
        let options = ChildWorkflowOptions(workflowID: "ABC-SIMPLE-CHILD-WORKFLOW-ID")
        let child = context.startChildWorkflow("ChildWorkflowWaitOnSignal", options: options)
        let execution = try await child.started()

        let duplicate = context.startChildWorkflow("ChildWorkflowWaitOnSignal", options: options)
        let selector = context.selector()
        selector.onReady(duplicate.future) { future in
          try await expectAlreadyStarted { try await future.get() }
          try await context.sleep(for: .seconds(1))
        }
        selector.onReady(duplicate.execution) { future in
          try await expectAlreadyStarted { _ = try await future.get() }
          try await context.executeActivity(hello, "hello", options: usualOptions)
        }
        selector.otherwise { try await context.sleep(for: .seconds(1)) }
        try await selector.select()
        try await selector.select()

        _ = context.startSignalExternal(execution, "unblock", String?.none)
        try await child.result()
      }
      .workflow("ResetWorkflowWithChild") { context -> String in
        try await context.executeChildWorkflow(
          "TestChildWorkflow", "CHILD INPUT",
          options: ChildWorkflowOptions(workflowIDReusePolicy: .allowDuplicate, parentClosePolicy: .terminate))
      }
      .workflow("ChildWorkflowCancelWithUpdate") { context in
        try await context.setUpdateHandler("update") { context in
          try await context.executeActivity(hello, "world", 1_000_000_000, options: .startToClose(.seconds(5)))
        }
        let cancellable = context.cancellable()
        let child = cancellable.startChildWorkflow(
          "ChildWorkflowWaitOnSignal", options: ChildWorkflowOptions(executionTimeout: .seconds(30)))
        cancellable.scope.cancel()
        _ = try? await child.started()
        try await context.signalChannel(named: "shutdown").receive()
      }
  }

  private static func expectAlreadyStarted(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch is ChildWorkflowAlreadyStartedError {
      return
    }
    throw ApplicationFailure("Second child must fail to start as duplicate")
  }
}
