import HindcastSwift

extension GoPorts {
  static func addUpdates(_ code: SwiftWorkflows) -> SwiftWorkflows {
    code
      .workflow("UpdateWorkflow") { context in
        try await context.setUpdateHandler("update") { (context, pause: GoDuration) in
          try await context.sleep(for: pause.duration)
        }
        try await context.signalChannel(named: "shutdown").receive()
      }
      .workflow("UpdateAndExit") { context in
        let isDone = context.channel(of: Never.self)
        try await context.setUpdateHandler("update") { (context, pause: GoDuration) in
          try await context.sleep(for: pause.duration)
          isDone.close()
        }
        _ = try await isDone.receive()
        try context.checkCancellation()
      }
      .workflow("NonDeterministicUpdate") { context in
        let isDone = context.channel(of: Never.self)
        // When the history was recorded the handler slept for a second.
        try await context.setUpdateHandler("update") { _ in isDone.close() }
        _ = try await isDone.receive()
        try context.checkCancellation()
      }
      .workflow("CounterWorkflow") { context -> Int in
        var counter = 0
        try await context.setUpdateHandler(
          "fetch_and_add",
          validator: { (addend: Int) in
            guard addend >= 0 else { throw ApplicationFailure("addend must be non-negative (\(addend))") }
          }
        ) { (context, addend: Int) -> Int in
          let before = counter
          counter += addend
          try? await context.sleep(for: .seconds(1))
          return before
        }
        try await context.signalChannel(named: "done").receive()
        try context.checkCancellation()
        return counter
      }
      .workflow("MultipleUpdateWorkflow") { context -> Int in
        var (inFlight, ran) = (0, 0)
        func count(_ work: () async throws -> Void) async throws {
          inFlight += 1
          ran += 1
          defer { inFlight -= 1 }
          try await work()
        }
        try await context.setUpdateHandler("echo") { context in
          let options = ActivityOptions(
            scheduleToCloseTimeout: .seconds(5), scheduleToStartTimeout: .seconds(5), startToCloseTimeout: .seconds(9))
          try await count { try await context.executeActivity("Echo", 1, 1, options: options) }
        }
        try await context.setUpdateHandler("sleep") { context in
          try await count { try await context.sleep(for: .seconds(1)) }
        }
        try await context.setUpdateHandler("empty") { context in
          try await count { try context.checkCancellation() }
        }
        try await context.condition { inFlight == 0 }
        return ran
      }
  }
}
