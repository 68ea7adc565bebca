import HindcastSwift

extension GoPorts {
  static func addLocalActivities(_ code: SwiftWorkflows) -> SwiftWorkflows {
    code
      .workflow("LocalActivityWorkflow") { (context, name: String) in
        let _: RawPayload = try await context.executeLocalActivity(hello, name, options: .startToClose(.seconds(5)))
      }
      .workflow("WorkflowWithParallelLocalActivities") { context -> String in
        let echoes = (0..<10).map {
          context.startLocalActivity("Echo", 0, $0, options: .startToClose(.seconds(1)), returning: Int.self)
        }
        for (expected, echo) in echoes.enumerated() {
          let value = try await echo.get()
          guard value == expected else { throw ApplicationFailure("Expected \(expected), Got \(value)") }
        }
        return ""
      }
  }
}
