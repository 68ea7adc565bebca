import Foundation
import Synchronization

/// Work outside of the Lua machine that a task of an activity waits for, such as an HTTP request. The machine's other
/// tasks run on meanwhile.
struct Errand: Sendable {
  /// Pushes the values that the waiting task gets; returns how many.
  typealias Answer = @Sendable (LuaThread, ModuleHost) -> Int

  /// Does the work. It ends early where its task is cancelled.
  var work: @Sendable () async -> Answer
}

/// The errands that an activity has under way, and the answers that have come.
///
/// The activity's thread starts errands and takes answers; work is done elsewhere.
final class Errands: Sendable {
  private struct State {
    var last = 0
    var running: [Int: Task<Void, Never>] = [:]
    var answers: [(number: Int, answer: Errand.Answer)] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let changes = NSCondition()
  private let wake: @Sendable () -> Void

  /// - Parameter wake: called when an answer is there.
  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  /// Whether there is anything to wait for.
  var isEmpty: Bool { state.withLock { $0.running.isEmpty && $0.answers.isEmpty } }

  /// Starts an errand; gives the number that its answer will have.
  func start(_ errand: Errand) -> Int {
    state.withLock { state in
      state.last += 1
      let number = state.last
      state.running[number] = Task { [self] in finish(number, await errand.work()) }
      return number
    }
  }

  private func finish(_ number: Int, _ answer: @escaping Errand.Answer) {
    state.withLock { state in
      state.running[number] = nil
      if !state.isClosed { state.answers.append((number, answer)) }
    }
    changes.lock()
    changes.broadcast()
    changes.unlock()
    wake()
  }

  /// Takes the answers that have come, in the order of their errands.
  func takeAnswers() -> [(number: Int, answer: Errand.Answer)] {
    state.withLock { state in
      defer { state.answers = [] }
      return state.answers.sorted { $0.number < $1.number }
    }
  }

  /// Blocks until an answer is there, where there is something to wait for.
  func waitForAnswer() {
    changes.lock()
    defer { changes.unlock() }
    while state.withLock({ $0.answers.isEmpty && !$0.running.isEmpty }) { changes.wait() }
  }

  /// Cancels what is under way; answers that still come are dropped.
  func close() {
    let running = state.withLock { state in
      defer {
        state.running = [:]
        state.answers = []
        state.isClosed = true
      }
      return Array(state.running.values)
    }
    for task in running { task.cancel() }
  }
}
