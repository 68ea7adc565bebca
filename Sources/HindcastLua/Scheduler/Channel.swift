/// A channel of the dialect (spec/wippy.md 7.9): Go's channel without its randomness.
///
/// Operations change the channel at once, while the caller runs; whom they wake is told in `ChannelResult` and takes
/// effect when the caller's round is over.
final class Channel {
  let capacity: Int
  private(set) var isClosed = false
  private var buffer = RingQueue<ValueSlot>()
  private var senders = RingQueue<ChannelWaiter>()
  private var receivers = RingQueue<ChannelWaiter>()
  /// How many operations block on this channel by upstream's count, which is what its deadlock check looks at.
  var blockCount = 0
  /// The subscription that feeds this channel.
  weak var subscription: Subscription?

  init(capacity: Int) {
    self.capacity = max(0, capacity)
  }

  var canSend: Bool { !receivers.isEmpty || (!isClosed && buffer.count < capacity) }
  var canReceive: Bool { !buffer.isEmpty || !senders.isEmpty || isClosed }

  // MARK: Operations of tasks

  func send(_ value: ValueSlot, from task: LuaTask, select: SelectOperation? = nil) -> ChannelResult {
    if isClosed {
      return ChannelResult(updates: [ChannelUpdate(task: task, wake: .failed(Self.sendOnClosed))])
    }
    if let receiver = receivers.popFirst() {
      var result = ChannelResult(isYielding: true)
      result.updates = [
        ChannelUpdate(task: task, wake: .sent(value: value, select: select, channel: self)),
        ChannelUpdate(task: receiver.task, wake: .received(value: value, select: receiver.select, channel: self)),
      ]
      result.released = [self] + discard(select) + discard(receiver.select)
      return result
    }
    if buffer.count < capacity {
      buffer.append(value)
      return ChannelResult(
        updates: [ChannelUpdate(task: task, wake: .sent(value: value, select: select, channel: self))],
        released: discard(select))
    }
    senders.append(ChannelWaiter(task: task, value: value, select: select))
    return ChannelResult(isYielding: true, blocked: [self])
  }

  func receive(by task: LuaTask, select: SelectOperation? = nil) -> ChannelResult {
    if let value = buffer.popFirst() {
      let update = ChannelUpdate(task: task, wake: .received(value: value, select: select, channel: self))
      guard let sender = senders.popFirst() else {
        return ChannelResult(updates: [update], released: discard(select))
      }
      buffer.append(sender.value)
      return ChannelResult(
        isYielding: true, updates: [update, sender.sent(on: self)],
        released: [self] + discard(select) + discard(sender.select))
    }
    if let sender = senders.popFirst() {
      return ChannelResult(
        isYielding: true,
        updates: [
          ChannelUpdate(task: task, wake: .received(value: sender.value, select: select, channel: self)),
          sender.sent(on: self),
        ], released: [self] + discard(sender.select) + discard(select))
    }
    if isClosed {
      return ChannelResult(
        updates: [ChannelUpdate(task: task, wake: .closed(select: select, channel: self))], released: discard(select))
    }
    receivers.append(ChannelWaiter(task: task, value: .none, select: select))
    return ChannelResult(isYielding: true, blocked: [self])
  }

  /// Closes the channel; nil when nobody has to be woken, also when it was closed before.
  func close(by caller: LuaTask?) -> ChannelResult? {
    guard !isClosed else { return nil }
    isClosed = true
    var result = ChannelResult(isYielding: true)
    while let sender = senders.popFirst() {
      result.updates.append(ChannelUpdate(task: sender.task, wake: .failed(Self.sendOnClosed)))
      result.released += [self] + discard(sender.select)
    }
    while let receiver = receivers.popFirst() {
      result.updates.append(
        ChannelUpdate(task: receiver.task, wake: .closed(select: receiver.select, channel: self)))
      result.released += discard(receiver.select) + [self]
    }
    if result.updates.isEmpty { return nil }
    if let caller { result.updates.append(ChannelUpdate(task: caller, wake: .nothing)) }
    return result
  }

  // MARK: Deliveries from outside

  /// Whether `deliver` would take a value now.
  var canDeliver: Bool { !isClosed && (!receivers.isEmpty || buffer.count < capacity) }

  /// Gives a value to the first waiting receiver, or to the buffer. Only where `canDeliver` holds.
  func deliver(_ value: ValueSlot) -> ChannelResult? {
    guard let receiver = receivers.popFirst() else {
      buffer.append(value)
      return nil
    }
    return ChannelResult(
      isYielding: true,
      updates: [
        ChannelUpdate(task: receiver.task, wake: .received(value: value, select: receiver.select, channel: self))
      ], released: [self] + discard(receiver.select))
  }

  static let sendOnClosed = "send on closed channel"

  /// Withdraws the other cases of a select; the channels count as released.
  private func discard(_ select: SelectOperation?) -> [Channel] {
    guard let select else { return [] }
    for channel in select.channels { channel.withdraw(select) }
    return select.channels
  }

  private func withdraw(_ select: SelectOperation) {
    senders.removeFirst { $0.select === select }
    receivers.removeFirst { $0.select === select }
  }
}

/// A task that is blocked on a channel.
struct ChannelWaiter {
  var task: LuaTask
  /// What it wants to send.
  var value: ValueSlot
  var select: SelectOperation?

  func sent(on channel: Channel) -> ChannelUpdate {
    ChannelUpdate(task: task, wake: .sent(value: value, select: select, channel: channel))
  }
}

/// One `channel.select` call, while its cases wait.
final class SelectOperation {
  /// The channels of its cases, in their order.
  let channels: [Channel]

  init(channels: [Channel]) {
    self.channels = channels
  }
}

/// Whom a channel operation lets go on, and with what.
struct ChannelUpdate {
  var task: LuaTask
  var wake: ChannelWake
}

/// What a task gets from a channel.
enum ChannelWake {
  /// Its value was taken.
  case sent(value: ValueSlot, select: SelectOperation?, channel: Channel)
  /// It gets a value.
  case received(value: ValueSlot, select: SelectOperation?, channel: Channel)
  /// The channel is closed and empty.
  case closed(select: SelectOperation?, channel: Channel)
  /// `nil` and an error.
  case failed(String)
  /// No values: the caller of `close`.
  case nothing
}

/// The outcome of a channel operation.
struct ChannelResult {
  /// Whether the caller must stop so that others may run. If not, `updates` holds the caller's own result.
  var isYielding = false
  var updates: [ChannelUpdate] = []
  var blocked: [Channel] = []
  var released: [Channel] = []
}
