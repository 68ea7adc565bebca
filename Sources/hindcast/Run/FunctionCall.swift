#if GRPC
import Foundation
import HindcastApp
import HindcastHistory
import HindcastRegistry
import HindcastReport
import HindcastWorker
import Synchronization
import TemporalAPI

/// A call of an app's function against real servers.
final class FunctionCall: Sendable {
  private let app: WorkerApp
  private let function: String
  private let input: Payloads?
  private let outcome = Mutex<Result<Payloads?, ActivityError>?>(nil)

  /// - Throws: `WorkerSetupError` where the app has no such function.
  init(_ function: EntryID, of app: WorkerApp, input: Payloads?) throws {
    try app.requireFunction(function)
    self.app = app
    self.function = function.description
    self.input = input
  }

  /// Runs the function to its end, or until the calling task is cancelled.
  func run(log: @escaping WorkerLog) async {
    var info = ActivityInfo()
    info.type = function
    let activity = ActivityContext(info: info, input: input, log: log)
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let thread = Thread { [self] in
          let result = Result { () throws(ActivityError) in try app.call(function, in: activity) }
          outcome.withLock { $0 = result }
          continuation.resume()
        }
        thread.name = function
        thread.start()
      }
    } onCancel: {
      activity.cancel(.workerStopped)
    }
  }

  /// Writes the result to standard output, or why there is none to standard error.
  func report(to console: Console) throws -> ExitStatus {
    switch outcome.withLock({ $0 }) {
    case .success(let payloads)?:
      try console.output.write((payloads?.payloads.first?.jsonText ?? "null") + "\n")
      return .success
    case .failure(let error)?:
      console.complain("error: \(function) failed: \(error.failure.message)")
      return .failure
    case nil:
      console.complain("error: \(function) was not called")
      return .failure
    }
  }
}
#endif
