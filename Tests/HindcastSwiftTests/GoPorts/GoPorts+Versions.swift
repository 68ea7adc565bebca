import HindcastSwift

extension GoPorts {
  static func addVersions(_ code: SwiftWorkflows) -> SwiftWorkflows {
    code
      .workflow("VersionLoopWorkflow") { (context, changeID: String, iterations: Int) in
        for i in 0..<iterations { _ = context.version(of: "\(changeID):\(i)", max: 1) }
        try await context.sleep(for: .seconds(1))
      }
      .workflow("VersionLoopWorkflowMultipleTasks") { (context, changeID: String, iterations: Int) in
        for i in 0..<iterations {
          _ = context.version(of: "\(changeID):\(i)", max: 1)
          try await context.sleep(for: .milliseconds(1))
        }
      }
  }
}
