import HindcastCore

/// What is cancelled together: the timers, activities and children that were started under one context.
///
/// A workflow's root scope is cancelled when cancellation of the workflow is requested; a scope made under another is
/// cancelled with it, and a disconnected one is not. Source: sdk-go `context.go`.
public final class CancellationScope: @unchecked Sendable {
  // `@unchecked`: used only while its workflow runs, on one thread.

  private let host: WorkflowHost
  private weak var parent: CancellationScope?
  private let number: Int
  /// By the order of registration, which is the order in which they are called.
  private var reactions: [Int: () -> Void] = [:]
  private var children: [Int: CancellationScope] = [:]
  private var lastNumber = 0
  private(set) var isCanceledUnchecked = false

  init(host: WorkflowHost, parent: CancellationScope?) {
    self.host = host
    self.parent = parent
    guard let parent else {
      number = 0
      return
    }
    parent.lastNumber += 1
    number = parent.lastNumber
    if parent.isCanceledUnchecked {
      isCanceledUnchecked = true
    } else {
      parent.children[number] = self
    }
  }

  /// Whether the scope has been cancelled.
  public var isCanceled: Bool { host.read(false) { _ in isCanceledUnchecked } }

  /// Cancels everything that was started under this scope and is still open. Later calls do nothing.
  public func cancel(file: String = #fileID, line: Int = #line) {
    host.command(at: SourceLocation(file: file, line: line), otherwise: ()) { _ in cancelNow() }
  }

  /// Cancels, for callers that are the host itself.
  func cancelNow() {
    guard !isCanceledUnchecked else { return }
    isCanceledUnchecked = true
    let ordered = reactions.sorted { $0.key < $1.key }
    reactions.removeAll()
    for (_, reaction) in ordered { reaction() }
    let scopes = children.sorted { $0.key < $1.key }
    children.removeAll()
    for (_, scope) in scopes { scope.cancelNow() }
    parent?.children[number] = nil
  }

  /// Calls `reaction` when the scope is cancelled, at once if it is already.
  /// - Returns: a number to take the reaction back with; nil when it was called.
  func onCancel(_ reaction: @escaping () -> Void) -> Int? {
    guard !isCanceledUnchecked else {
      reaction()
      return nil
    }
    lastNumber += 1
    reactions[lastNumber] = reaction
    return lastNumber
  }

  /// Takes a reaction back.
  func remove(_ reaction: Int?) {
    guard let reaction else { return }
    reactions[reaction] = nil
  }
}
