import HindcastSwift

extension GoPorts {
  static func addSideEffects(_ code: SwiftWorkflows) -> SwiftWorkflows {
    code
      .workflow("SideEffectWorkflow") { (context, field: String) in
        _ = try context.sideEffect { Int.random(in: 0..<100) }
        try await context.executeActivity(hello, field, options: usualOptions)
      }
      .workflow("WorkflowWithParallelSideEffects") { context -> String in
        let futures = (0..<10).map { number in
          let promise = context.promise(of: Int.self)
          context.spawn { context in promise.succeed(try context.sideEffect { number }) }
          return promise.future
        }
        for (expected, future) in futures.enumerated() {
          let value = try await future.get()
          guard value == expected else { throw ApplicationFailure("Expected \(expected), Got \(value)") }
        }
        return ""
      }
      .workflow("MutableSideEffectWorkflow") { context -> [Int] in
        func look(_ value: Int) throws -> Int { try context.mutableSideEffect("side-effect-1") { value } }
        var seen = try [0, 0, 0, 1, 1, 2].map(look)
        try await context.sleep(for: .seconds(1))
        seen += try [3, 3, 4].map(look)
        try await context.sleep(for: .seconds(1))
        return seen + (try [4, 5].map(look))
      }
      .workflow("VersionAndMutableSideEffectWorkflow") { (context, name: String) -> String in
        var id = ""
        if context.version(of: "mutable-side-effect-bug", max: 1) == 1 {
          id = try context.mutableSideEffect("generate-random-uuid") { "\(UInt64.random(in: 0 ... .max))" }
        }
        try await context.executeActivity(hello, name, options: .startToClose(.seconds(10)))
        return id
      }
  }
}
