import HindcastCore

extension LuaProcess {
  // MARK: Subscriptions

  /// Subscribes a task to a topic, and pushes what it gets: the channel, or nil and an error.
  func answer(_ request: SubscribeRequest, of task: LuaTask) -> Int {
    if let existing = subscriptions[request.topic] {
      if let channel = request.channel, existing.channel !== channel {
        task.thread.pushNil()
        host.push(
          LuaErrorValue(
            kind: ErrorKind.alreadyExists, message: "topic \"\(request.topic)\" already subscribed", isRetryable: false),
          onto: task.thread)
        return 2
      }
      if let handler = request.handler { existing.handler = handler }
      flushMessages()
      host.push(existing.channel, onto: task.thread)
      return 1
    }
    let channel = request.channel ?? Channel(capacity: request.bufferSize)
    let subscription = Subscription(topic: request.topic, channel: channel, handler: request.handler ?? .value)
    subscriptions[request.topic] = subscription
    register(subscription)
    flushMessages()
    host.push(channel, onto: task.thread)
    return 1
  }

  /// Makes a subscription of the runtime's own, which messages reach directly.
  func subscribe(_ channel: Channel, source: SubscriptionSource) -> Subscription {
    let subscription = Subscription(topic: "", channel: channel, handler: .value, source: source)
    register(subscription)
    return subscription
  }

  private func register(_ subscription: Subscription) {
    subscription.channel.subscription = subscription
    owned.append(subscription)
    subscriptionCount += 1
  }

  /// Ends the subscription that feeds a channel and closes the channel. False: none does.
  @discardableResult
  func close(_ channel: Channel) -> Bool {
    guard let subscription = channel.subscription, subscription.isLive else { return false }
    subscription.isLive = false
    subscriptionCount -= 1
    channel.subscription = nil
    if !subscription.topic.isEmpty { subscriptions[subscription.topic] = nil }
    switch subscription.source {
    case .timer(let timer), .ticker(let timer): timer.isArmed = false
    case .messages, .future: break
    }
    apply(channel.close(by: nil))
    return true
  }

  // MARK: Delivery

  /// Delivers what can be delivered; the rest stays in its order.
  func flushMessages() {
    guard !messages.isEmpty else { return }
    let pending = messages
    messages.removeAll(keepingCapacity: true)
    for message in pending where isKept(message) { messages.append(message) }
  }

  /// Delivers one message, or drops it; true where it has to wait.
  private func isKept(_ message: QueuedMessage) -> Bool {
    let subscription: Subscription
    switch message.target {
    case .subscription(let target):
      guard target.isLive else { return false }
      subscription = target
    case .topic(let topic):
      if let exact = subscriptions[topic] {
        subscription = exact
      } else if !topic.hasPrefix("@"), let inbox = subscriptions[SystemTopic.inbox] {
        subscription = inbox
      } else {
        return true
      }
    }
    let channel = subscription.channel
    switch message.body {
    case .terminal:
      close(channel)
      return false
    case .result(let outcome):
      if case .future(let future) = subscription.source, !future.isComplete {
        future.complete(outcome)
        if channel.canDeliver {
          host.push(outcome, onto: host.machine)
          apply(channel.deliver(values.store(from: host.machine)))
        }
      }
      close(channel)
      return false
    default: break
    }
    guard channel.canDeliver else {
      if channel.isClosed {
        close(channel)
        return false
      }
      // A tick that nobody takes is lost; a message waits.
      if case .fired = message.body { return false }
      return true
    }
    host.push(message, handler: subscription.handler, onto: host.machine)
    apply(channel.deliver(values.store(from: host.machine)))
    return false
  }
}
