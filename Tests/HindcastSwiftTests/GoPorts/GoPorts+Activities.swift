import HindcastSwift

extension GoPorts {
  static func addActivities(_ code: SwiftWorkflows) -> SwiftWorkflows {
    code
      .workflow("Workflow1") { (context, name: String) in
        let calls = context.version(of: "test-change", max: 1) == WorkflowContext.defaultVersion ? 2 : 3
        for _ in 0..<calls {
          let greeting: String = try await context.executeActivity(hello, name, options: usualOptions)
          context.logger.info("greeted", ["greeting": greeting])
        }
      }
      .workflow("Workflow2") { (context, name: String) in
        _ = context.version(of: "test-change", max: 1)
        try context.upsertSearchAttributes(["CustomKeywordField": "testkey"])
        _ = context.version(of: "test-change-2", max: 1)
        _ = context.version(of: "test-change-3", max: 1)
        try await context.executeActivity(hello, name, options: usualOptions)
      }
      .workflow("CancelActivityCompletionBeforeWorkflowTaskStarted") { context in
        var options = usualOptions
        options.activityID = "custom-activity-id"
        try await context.executeActivity(hello, "world", options: options)
      }
      .workflow("ListAndDescribeWorkflow") { context -> Int in
        let options = ActivityOptions.startToClose(.seconds(10))
        let list: WorkflowList = try await context.executeActivity("ListWorkflow", options: options)
        for workflow in list.executions {
          if workflow.status == "Running" {
            try await context.sleep(for: .seconds(1))
            continue
          }
          let described: WorkflowDescription = try await context.executeActivity(
            "DescribeWorkflowExecution", workflow.execution.workflowId, options: options)
          if described.executionConfig.workflowExecutionTimeout != nil { try await context.sleep(for: .seconds(1)) }
        }
        return list.executions.count
      }
  }

  /// What the workflow reads of a `ListWorkflowExecutionsResponse` in the JSON of old servers.
  private struct WorkflowList: Decodable {
    struct Item: Decodable {
      struct Execution: Decodable { var workflowId: String }
      var execution: Execution
      var status: String
    }
    var executions: [Item]
  }

  /// What the workflow reads of a `DescribeWorkflowExecutionResponse` in the JSON of old servers.
  private struct WorkflowDescription: Decodable {
    struct Config: Decodable { var workflowExecutionTimeout: String? }
    var executionConfig: Config
  }
}
