private import Foundation
package import HindcastCalls
internal import HindcastLua
package import HindcastWorker

/// Where processes run and wait: on threads in the world's own time, or in a test's.
package protocol ProcessStage: Sendable {
  /// Runs a process on a thread of its own.
  func run(_ name: String, _ body: @escaping @Sendable (ActivityContext) -> Void)
  /// Makes a call to a server, beside the process that wants it.
  func call(_ body: @escaping @Sendable () async -> Void)
  /// Tells how a workflow has ended, when it has.
  ///
  /// - Returns: What takes the wish back.
  func whenClosed(
    _ run: WorkflowReference, then: @escaping @Sendable (WorkflowEnding) -> Void
  ) -> @Sendable () -> Void
  /// An id that nothing else has.
  func makeID() -> String
}

/// A workflow on a server.
package struct WorkflowReference: Sendable {
  package var connection: any ServiceConnection
  package var namespace: String
  package var workflowID: String
  /// Empty: the newest run.
  package var runID: String
}

/// Processes on threads, in the world's own time.
package struct ThreadStage: ProcessStage {
  private let log: WorkerLog

  /// - Parameter log: Takes what processes log.
  package init(log: @escaping WorkerLog = { _ in }) { self.log = log }

  package func run(_ name: String, _ body: @escaping @Sendable (ActivityContext) -> Void) {
    var info = ActivityInfo()
    info.type = name
    let context = ActivityContext(info: info, log: log)
    let thread = Thread { body(context) }
    thread.name = name
    thread.start()
  }

  package func call(_ body: @escaping @Sendable () async -> Void) { Task { await body() } }

  package func whenClosed(
    _ run: WorkflowReference, then: @escaping @Sendable (WorkflowEnding) -> Void
  ) -> @Sendable () -> Void {
    let task = Task {
      let ending = await run.ending()
      if !Task.isCancelled { then(ending) }
    }
    return { task.cancel() }
  }

  package func makeID() -> String { UUID().uuidString.lowercased() }
}
