import HindcastCore

/// Passes values between the coroutines of one workflow, in order.
///
/// Without a capacity a sender waits until its value is received.
public final class WorkflowChannel<Element>: @unchecked Sendable, AsyncSequence {
  // `@unchecked`: used only while its workflow runs, on one thread.

  let host: WorkflowHost
  let core: ChannelCore

  init(host: WorkflowHost, core: ChannelCore) {
    self.host = host
    self.core = core
  }

  /// How many values can be received without waiting.
  public var count: Int { host.read(0) { _ in core.count } }

  /// Whether the channel was closed.
  public var isClosed: Bool { host.read(false) { _ in core.isClosed } }

  /// Waits for the next value.
  /// - Returns: nil when the channel is closed and empty.
  public func receive(file: String = #fileID, line: Int = #line) async throws -> Element? {
    guard let value = try await host.receive(core, at: SourceLocation(file: file, line: line)) else { return nil }
    return value as? Element
  }

  /// The next value if there is one already.
  public func tryReceive(file: String = #fileID, line: Int = #line) -> Element? {
    host.command(at: SourceLocation(file: file, line: line), otherwise: nil) { _ in
      guard case .value(let value) = core.takeNow() else { return nil }
      return value as? Element
    }
  }

  /// Hands a value over; waits until there is room or a receiver for it.
  /// - Throws: `ClosedChannelError`.
  public func send(_ value: Element, file: String = #fileID, line: Int = #line) async throws {
    try await host.send(value, to: core, at: SourceLocation(file: file, line: line))
  }

  /// Hands a value over if that needs no waiting.
  /// - Returns: whether it was taken.
  public func trySend(_ value: Element, file: String = #fileID, line: Int = #line) -> Bool {
    host.command(at: SourceLocation(file: file, line: line), otherwise: false) { _ in
      !core.isClosed && core.sendNow(value)
    }
  }

  /// Closes the channel: receivers get what is left and then nil, senders fail.
  public func close(file: String = #fileID, line: Int = #line) {
    host.command(at: SourceLocation(file: file, line: line), otherwise: ()) { _ in core.close() }
  }

  /// Receives until the channel is closed.
  public func makeAsyncIterator() -> Iterator { Iterator(channel: self) }

  /// Receives one value after another.
  public struct Iterator: AsyncIteratorProtocol {
    let channel: WorkflowChannel

    /// The next value; nil when the channel is closed and empty.
    public mutating func next() async throws -> Element? { try await channel.receive() }
  }
}

/// A value was sent to a channel that is closed.
public struct ClosedChannelError: Error, Sendable, CustomStringConvertible {
  /// The channel's name.
  public var channel: String

  /// The Go SDK's text, with the name.
  public var description: String { "Closed channel: \(channel)" }
}

extension WorkflowHost {
  /// Receives a value, or nil from a channel that is closed.
  func receive(_ core: ChannelCore, at location: SourceLocation) async throws -> Any? {
    let box = ReceiveBox()
    let wait = command(at: location, otherwise: ReceiveStep.refused) { _ in
      switch core.takeNow() {
      case .value(let value):
        dispatcher.noteProgress()
        return .received(UncheckedTransfer(value))
      case .closed: return .received(UncheckedTransfer(nil))
      case .nothing:
        box.id = core.addReceiver { value, _ in
          box.arrived = .some(value)
          return true
        }
        return .waiting
      }
    }
    switch wait {
    case .refused: throw await refusal(at: location)
    case .received(let value): return value.value
    case .waiting: break
    }
    try await withTaskCancellationHandler {
      try await dispatcher.wait(for: "\(core.name).Receive", at: location) { box.arrived != nil || box.isInterrupted }
    } onCancel: {
      command(at: location, otherwise: ()) { _ in
        guard box.arrived == nil else { return }
        core.removeReceiver(box.id)
        box.isInterrupted = true
      }
    }
    noteProgress()
    guard let arrived = box.arrived else { throw CanceledFailure() }
    return arrived
  }

  func send(_ value: Any, to core: ChannelCore, at location: SourceLocation) async throws {
    let box = ReceiveBox()
    let step = command(at: location, otherwise: ReceiveStep.refused) { _ in
      guard !core.isClosed else { return .received(UncheckedTransfer(nil)) }
      if core.sendNow(value) {
        dispatcher.noteProgress()
        return .received(UncheckedTransfer(value))
      }
      box.id = core.addSender(value) {
        box.arrived = .some(nil)
        return true
      }
      return .waiting
    }
    switch step {
    case .refused: throw await refusal(at: location)
    case .received(let sent):
      if sent.value == nil { throw ClosedChannelError(channel: core.name) }
      return
    case .waiting: break
    }
    try await dispatcher.wait(for: "\(core.name).Send", at: location) { box.arrived != nil || core.isClosed }
    guard box.arrived != nil else { throw ClosedChannelError(channel: core.name) }
    noteProgress()
  }
}

/// How far a receive or a send came at once.
private enum ReceiveStep {
  case refused
  case received(UncheckedTransfer<Any?>)
  case waiting
}

/// What a waiting receive is told.
private final class ReceiveBox: @unchecked Sendable {
  // `@unchecked`: used only while its workflow runs, on one thread.
  var id = 0
  /// The outer optional tells whether anything came, the inner is nil for a closed channel.
  var arrived: Any??
  var isInterrupted = false
}
