import HindcastCore

/// One coroutine of a workflow: a task, with all child tasks that it starts.
///
/// Only the dispatcher resumes it, in its turn. Since Swift code may wait at several places at once (`async let`, task
/// groups), a coroutine has a list of waits, in the order in which they began; Go's have at most one.
final class Coroutine: @unchecked Sendable {
  // `@unchecked`: used on the thread that drains, or by its caller while that thread rests.

  /// The coroutine that the present task belongs to.
  @TaskLocal static var current: Coroutine?

  let name: String
  /// What to run; nil once it has begun.
  var body: (() async -> Void)?
  var task: Task<Void, Never>?
  var waits: [Wait] = []
  var isFinished = false
  /// Whether it got anywhere since its turn began. Another round follows as long as any coroutine did.
  var madeProgress = false
  /// Where it last called the host.
  var location: SourceLocation?

  init(name: String, body: @escaping () async -> Void) {
    self.name = name
    self.body = body
  }

  /// A place where the coroutine waits.
  struct Wait {
    /// What for, in words.
    var reason: String
    var location: SourceLocation?
    /// Whether the wait is over. Asked in each of the coroutine's turns, and once more only if it was not.
    var isReady: () -> Bool
    /// Resumed with whether the run is being given up.
    var continuation: UnsafeContinuation<Bool, Never>
  }

  /// What a report says of it.
  var stack: CoroutineStack {
    let place = waits.first?.location ?? location
    return CoroutineStack(
      name: name, waitingFor: waits.isEmpty ? nil : waits.map(\.reason).joined(separator: ", "),
      frames: place.map { [StackFrame(location: $0, function: nil)] } ?? [])
  }
}
