import HindcastSwift

extension GoPorts {
  static func addTimers(_ code: SwiftWorkflows) -> SwiftWorkflows {
    code
      .workflow("TimerWf") { context in
        var fault: (any Error)?
        do { try await context.sleep(for: .seconds(600)) } catch { fault = error }
        // Starts another timer even when the workflow was cancelled.
        try? await context.disconnected().sleep(for: .seconds(600))
        if let fault { throw fault }
      }
      .workflow("CancelTimerAfterActivity") { context -> String in
        let timers = context.cancellable()
        _ = timers.timer(for: .seconds(3))
        let upper = context.startActivity(
          "Prefix_ToUpper", "hello",
          options: ActivityOptions(scheduleToStartTimeout: .seconds(1), startToCloseTimeout: .seconds(5)),
          returning: String.self)
        timers.scope.cancel()
        return try await upper.get()
      }
      .workflow("WorkflowWithLocalActivityStartWhenTimerCancel") { context -> Bool in
        let timers = context.cancellable()
        _ = timers.timer(for: .seconds(3))
        _ = try await context.signalChannel(named: "signal", of: String.self).receive()
        let echo = context.startActivity("Echo", 0, 0, options: usualOptions)
        timers.scope.cancel()
        try await echo.get()
        return true
      }
      .workflow("AwaitWithTimeoutNoTimerCancelWorkflow") { context -> Bool in
        var isMet = false
        context.spawn { context in
          try await context.sleep(for: .milliseconds(100))
          isMet = true
        }
        return try await context.condition(timeout: .seconds(10)) { isMet }
      }
      .workflow("CancelOrderSelectWorkflow") { context in
        let timer = context.timer(for: .seconds(300))
        let cleanUp = context.disconnected()
        let selector = context.selector()
        selector.onReady(timer) { timer in
          do {
            try await timer.get()
            try context.upsertSearchAttributes(["CustomKeywordField": "testkey"])
          } catch is CanceledFailure {
            try await cleanUp.executeActivity(hello, "world", options: usualOptions)
          }
        }
        selector.onCancel(context.scope) { try await cleanUp.sleep(for: .seconds(1)) }
        try await selector.select()
      }
  }
}
