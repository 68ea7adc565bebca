import HindcastCore

extension WorkflowContext {
  /// Starts a coroutine. It first runs when it is its turn: after those that exist, one at a time, in the order of their
  /// creation.
  ///
  /// An error that the body throws ends the coroutine alone, and is logged: nobody waits for it. Use a future or a
  /// variable to hand results on, `async let` or a task group to get errors.
  /// - Parameter name: for reports; nil: a number.
  public func spawn(
    _ name: String? = nil, file: String = #fileID, line: Int = #line,
    _ body: @escaping (WorkflowContext) async throws -> Void
  ) {
    let host = host
    host.command(at: SourceLocation(file: file, line: line), otherwise: ()) { _ in
      host.dispatcher.spawn(name: name) {
        do {
          try await body(self)
        } catch is WorkflowEvicted {
          return
        } catch {
          host.log("error", "a coroutine ended with an error", [("Error", "\(error)")])
        }
      }
    }
  }

  /// Makes a channel between coroutines.
  /// - Parameters:
  ///   - capacity: how many values it holds before senders wait.
  ///   - name: for reports.
  public func channel<Element>(
    of type: Element.Type = Element.self, capacity: Int = 0, name: String = "channel"
  ) -> WorkflowChannel<Element> {
    WorkflowChannel(host: host, core: ChannelCore(name: name, capacity: capacity))
  }

  /// Makes a selector, which waits for whichever of several things comes first.
  public func selector() -> WorkflowSelector { WorkflowSelector(host: host) }

  /// Makes a future that workflow code itself settles.
  public func promise<Value>(of type: Value.Type = Value.self) -> WorkflowPromise<Value> {
    WorkflowPromise(future: WorkflowFuture(host: host, reason: "future"))
  }
}
