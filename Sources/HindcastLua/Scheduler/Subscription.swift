import HindcastCore
import TemporalAPI

/// A channel that messages come in on.
final class Subscription {
  /// Empty for the runtime's own subscriptions, which no signal can name: timers, tickers, futures.
  let topic: String
  let channel: Channel
  /// How messages become values.
  var handler: TopicHandler
  /// False once the channel was unlistened or closed.
  var isLive = true
  /// What feeds the channel, where that is not signals.
  var source: SubscriptionSource

  init(topic: String, channel: Channel, handler: TopicHandler, source: SubscriptionSource = .messages) {
    self.topic = topic
    self.channel = channel
    self.handler = handler
    self.source = source
  }
}

/// How the messages of a topic become values.
enum TopicHandler {
  /// The decoded payload; several become an array.
  case value
  /// A `process.Message`.
  case message
}

/// What feeds a subscription's channel.
enum SubscriptionSource {
  case messages
  case timer(TimerEntry)
  case ticker(TimerEntry)
  case future(Future)
}

/// A message on its way to a subscription.
struct QueuedMessage {
  var target: MessageTarget
  var body: MessageBody
}

/// Where a message goes.
enum MessageTarget {
  case topic(String)
  case subscription(Subscription)
}

/// What a message holds.
enum MessageBody {
  /// A signal or an update request.
  case payloads([Temporal_Api_Common_V1_Payload], from: ProcessID?)
  /// A timer has fired at this time.
  case fired(WorkflowTime)
  /// An activity of a future came out; the channel is closed afterwards.
  case result(Result<[Temporal_Api_Common_V1_Payload], FailedOperation>)
  /// Cancellation of the workflow was requested at this time.
  case cancel(WorkflowTime)
  /// Another process asked, at this time, that this one end.
  case cancelRequest(from: ProcessID, reason: String, at: WorkflowTime)
  /// A process has ended, and was noticed at this time: a child, or one that is watched.
  case exit(ChildExit, at: WorkflowTime)
  /// A process that this one is linked to has failed.
  case linkDown(ChildExit, at: WorkflowTime)
  /// The channel is closed.
  case terminal
}

/// How a spawned child ended.
struct ChildExit {
  var child: ProcessID
  var result: Result<Temporal_Api_Common_V1_Payload?, FailedOperation>
}

/// The names of the runtime's own topics.
enum SystemTopic {
  static let inbox = "@pid/inbox"
  static let events = "@pid/events"
}
