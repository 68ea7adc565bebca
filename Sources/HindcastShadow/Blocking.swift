private import Dispatch
private import Synchronization

/// Waits on the calling thread, which must be one that may be blocked, for asynchronous work.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
  let outcome = BlockedOutcome<Value>()
  Task.detached {
    do {
      outcome.settle(.success(try await work()))
    } catch {
      outcome.settle(.failure(error))
    }
  }
  return try outcome.wait()
}

private final class BlockedOutcome<Value: Sendable>: Sendable {
  private let result = Mutex<Result<Value, any Error>?>(nil)
  private let isSettled = DispatchSemaphore(value: 0)

  func settle(_ result: Result<Value, any Error>) {
    self.result.withLock { $0 = result }
    isSettled.signal()
  }

  func wait() throws -> Value {
    while true {
      isSettled.wait()
      if let result = result.withLock({ $0 }) { return try result.get() }
    }
  }
}
