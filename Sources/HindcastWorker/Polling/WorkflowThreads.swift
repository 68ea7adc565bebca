private import Dispatch
private import Foundation
package import HindcastCore
private import Synchronization

/// Threads that run workflow code, each in a runtime of its own.
///
/// Workflow code may use a processor for as long as its budget lets it, which the threads that `async` functions share must
/// not be held up by; and a runtime stays on the thread that made it.
package final class WorkflowThreads: Sendable {
  /// What a thread does with its runtime, or with the reason why it has none.
  private typealias Work = @Sendable (Result<any WorkflowRuntime, WorkflowLoadError>) -> Void

  private struct Queue {
    var work: [Work] = []
    var isClosed = false
  }

  /// Shared with the threads, which must not keep the owner alive.
  private final class State: Sendable {
    let queue = Mutex(Queue())
    let changes = DispatchSemaphore(value: 0)

    /// The next thing to do; `nil` when there will be none.
    func next() -> Work? {
      while true {
        changes.wait()
        let (work, isClosed) = queue.withLock { queue -> (Work?, Bool) in
          queue.work.isEmpty ? (nil, queue.isClosed) : (queue.work.removeFirst(), false)
        }
        if let work { return work }
        if isClosed { return nil }
      }
    }
  }

  private let state = State()
  private let count: Int

  /// Starts the threads. The runtimes are made on them, at their first job.
  package init(count: Int, code: any WorkflowCode, options: RuntimeOptions) {
    self.count = max(1, count)
    for number in 1...self.count {
      let state = state
      let thread = Thread {
        var runtime: Result<any WorkflowRuntime, WorkflowLoadError>?
        while let work = state.next() {
          let present = runtime ?? Self.make(code, options)
          runtime = present
          work(present)
        }
      }
      thread.name = "workflows \(number)"
      thread.start()
    }
  }

  deinit { close() }

  private static func make(
    _ code: any WorkflowCode, _ options: RuntimeOptions
  ) -> Result<any WorkflowRuntime, WorkflowLoadError> {
    do throws(WorkflowLoadError) {
      return .success(try code.makeRuntime(options))
    } catch {
      return .failure(error)
    }
  }

  /// Runs `body` on one of the threads.
  ///
  /// - Throws: the error that kept the thread from making a runtime.
  package func run<Value: Sendable>(_ body: @escaping @Sendable (any WorkflowRuntime) -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let isAccepted = state.queue.withLock { queue in
        guard !queue.isClosed else { return false }
        queue.work.append { runtime in
          continuation.resume(with: runtime.map(body).mapError { $0 as any Error })
        }
        return true
      }
      if isAccepted { state.changes.signal() } else { continuation.resume(throwing: CancellationError()) }
    }
  }

  /// Ends the threads once the work that they were given is done.
  package func close() {
    state.queue.withLock { $0.isClosed = true }
    for _ in 0..<count { state.changes.signal() }
  }
}
