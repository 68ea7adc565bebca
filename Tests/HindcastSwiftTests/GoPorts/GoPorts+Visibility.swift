import HindcastSwift

extension GoPorts {
  static func addVisibility(_ code: SwiftWorkflows) -> SwiftWorkflows {
    code
      .workflow("UpsertMemoWorkflow") { (context, memo: String) in
        try context.upsertMemo(["Test key": memo])
        let greeting: String = try await context.executeActivity(hello, memo, options: usualOptions)
        try context.upsertMemo(["Test key": greeting])
      }
      .workflow("UpsertSearchAttributesWorkflow") { (context, field: String) in
        try context.upsertSearchAttributes(["CustomStringField": field])
        let greeting: String = try await context.executeActivity(hello, field, options: usualOptions)
        try context.upsertSearchAttributes(["CustomStringField": greeting])
      }
      .workflow("MemoEncodingWorkflowJSON") { (context, value: String) -> String in
        let result: String = try await context.executeChildWorkflow(
          "MemoChildWorkflowJSON", options: ChildWorkflowOptions(memo: ["test-memo-key": value]))
        try context.upsertMemo(["parent-memo-key": "parent-\(value)"])
        guard try context.memo("parent-memo-key", as: String.self) != nil else {
          throw ApplicationFailure("memo key 'parent-memo-key' not found")
        }
        return result
      }
      .workflow("ScheduleMemoWorkflowJSON") { context -> String in
        guard let memo = try context.memo("schedule-memo-key", as: String.self) else {
          throw ApplicationFailure("memo key 'schedule-memo-key' not found")
        }
        return "schedule-read-memo: \(memo)"
      }
  }
}
