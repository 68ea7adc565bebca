import Foundation
import HindcastRegistry

/// Lets no more calls of a function run at once than its `pool` has states.
///
/// A call that finds none waits; so does one that a function makes to itself while it holds the last, as upstream.
final class FunctionPools: @unchecked Sendable {
  // Guarded by the condition.
  private var running: [String: Int] = [:]
  private var waiting: [String: Int] = [:]
  private let changes = NSCondition()

  /// How many calls wait for a state of the function.
  func waitingCalls(of function: String) -> Int {
    changes.lock()
    defer { changes.unlock() }
    return waiting[function] ?? 0
  }

  /// Takes a state; false where the caller was told to stop before there was one.
  func enter(_ function: String, limit: Int, isStopped: () -> Bool) -> Bool {
    changes.lock()
    defer { changes.unlock() }
    var waits = false
    defer { if waits { waiting[function, default: 1] -= 1 } }
    while running[function] ?? 0 >= limit {
      if isStopped() { return false }
      if !waits {
        waits = true
        waiting[function, default: 0] += 1
      }
      // An attempt's time can run out unannounced.
      _ = changes.wait(until: Date(timeIntervalSinceNow: 1))
    }
    running[function, default: 0] += 1
    return true
  }

  /// Gives the state back.
  func leave(_ function: String) {
    changes.lock()
    running[function, default: 1] -= 1
    changes.broadcast()
    changes.unlock()
  }
}

extension LuaPoolConfiguration {
  /// The most calls that run at once, as upstream's pools have it: `inline`, and `size` alone, is one at a time.
  var mostCalls: Int {
    func first(_ numbers: Int...) -> Int { numbers.first { $0 > 0 } ?? 1 }
    switch type {
    case "inline": return 1
    case "lazy", "adaptive": return first(maxSize, 16)
    case "static": return first(workers, size, 8)
    default:
      if workers == 0, size == 0 || maxSize > 0 { return first(maxSize, 100) }
      return workers > 0 ? workers : 1
    }
  }
}
