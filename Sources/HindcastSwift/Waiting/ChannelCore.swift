/// A channel without the type of its values.
///
/// Source: sdk-go `internal_workflow.go`, `channelImpl`: whoever waits leaves a callback, and whoever brings or takes a
/// value calls the first that accepts it. Receivers and senders are served in the order in which they came.
final class ChannelCore: @unchecked Sendable {
  // `@unchecked`: used only while its workflow runs, on one thread.

  /// Takes a value, or the news that the channel was closed. Answers whether it took it.
  typealias Receiver = (_ value: Any?, _ isOpen: Bool) -> Bool

  /// Waits to hand over a value; answers whether the value is still to be had.
  private struct Sender {
    let id: Int
    let value: Any
    let accept: () -> Bool
  }

  /// What an attempt to receive brought.
  enum Taken {
    /// A value; nil where a selector saw the channel closed and set that aside as if it were a value, as Go's does.
    case value(Any?)
    case closed
    case nothing
  }

  let name: String
  private let capacity: Int
  private var buffer: [Any] = []
  private var senders: [Sender] = []
  private var receivers: [(id: Int, take: Receiver)] = []
  private var lastID = 0
  private(set) var isClosed = false
  /// A value that a selector took out and whose case has not received it yet.
  var prefetched: Any??

  init(name: String, capacity: Int) {
    self.name = name
    self.capacity = capacity
  }

  /// How many values can be received without waiting.
  var count: Int { buffer.count + senders.count + (prefetched == nil ? 0 : 1) }

  /// Whether someone waits for a value.
  var hasReceivers: Bool { !receivers.isEmpty }

  var canReceive: Bool { isClosed || count > 0 }

  var canSend: Bool { buffer.count < capacity || !receivers.isEmpty }

  // MARK: Receiving

  func takeNow() -> Taken {
    if case .some(let value) = prefetched {
      prefetched = nil
      return .value(value)
    }
    if !buffer.isEmpty {
      let value = buffer.removeFirst()
      while !senders.isEmpty {
        let sender = senders.removeFirst()
        if sender.accept() {
          buffer.append(sender.value)
          break
        }
      }
      return .value(value)
    }
    if isClosed { return .closed }
    while !senders.isEmpty {
      let sender = senders.removeFirst()
      if sender.accept() { return .value(sender.value) }
    }
    return .nothing
  }

  /// Leaves a callback for the next value.
  func addReceiver(_ take: @escaping Receiver) -> Int {
    lastID += 1
    receivers.append((lastID, take))
    return lastID
  }

  func removeReceiver(_ id: Int) {
    receivers.removeAll { $0.id == id }
  }

  // MARK: Sending

  /// - Returns: whether someone took the value or there was room for it.
  func sendNow(_ value: Any) -> Bool {
    while !receivers.isEmpty {
      if receivers.removeFirst().take(value, true) { return true }
    }
    guard buffer.count < capacity else { return false }
    buffer.append(value)
    return true
  }

  /// Leaves a value for the next receiver.
  func addSender(_ value: Any, accept: @escaping () -> Bool) -> Int {
    lastID += 1
    senders.append(Sender(id: lastID, value: value, accept: accept))
    return lastID
  }

  func removeSender(_ id: Int) {
    senders.removeAll { $0.id == id }
  }

  func close() {
    isClosed = true
    for receiver in receivers { _ = receiver.take(nil, false) }
  }
}
