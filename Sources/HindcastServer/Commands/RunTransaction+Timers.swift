internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Timers (`server.md` 7).

extension RunTransaction {
  mutating func startTimer(
    _ attributes: Temporal_Api_Command_V1_StartTimerCommandAttributes, _ metadata: UserMetadata?,
    _ context: CommandContext
  ) throws(CommandRefusal) {
    let id = attributes.timerID
    if id.isEmpty { throw CommandRefusal(.badStartTimerAttributes, "TimerId is not set on StartTimerCommand.") }
    try checkLength(id, "TimerId on StartTimerCommand", .badStartTimerAttributes)
    if attributes.startToFireTimeout.nanoseconds < 0 {
      throw CommandRefusal(
        .badStartTimerAttributes,
        "An invalid StartToFireTimeout is set on StartTimerCommand: negative duration. TimerId=\(id)")
    }
    if execution.timers[id] != nil {
      throw CommandRefusal(
        .startTimerDuplicateID, "invalid history builder state for action: add-timer-started-event, TimerID: \(id)")
    }
    write(
      .timerStartedEventAttributes(
        .with {
          $0.timerID = id
          if attributes.hasStartToFireTimeout { $0.startToFireTimeout = attributes.startToFireTimeout }
          $0.workflowTaskCompletedEventID = context.completedEventID
        }), userMetadata: metadata)
  }

  mutating func cancelTimer(
    _ attributes: Temporal_Api_Command_V1_CancelTimerCommandAttributes, _ context: CommandContext
  ) throws(CommandRefusal) {
    let id = attributes.timerID
    if id.isEmpty { throw CommandRefusal(.badCancelTimerAttributes, "TimerId is not set on CancelTimerCommand.") }
    try checkLength(id, "TimerId on CancelTimerCommand", .badCancelTimerAttributes)
    let startedEventID: Int64
    if let timer = execution.timers[id] {
      startedEventID = timer.startedEventID
    } else if let fired = removeBuffered(where: { $0.timerFiredEventAttributes.timerID == id }) {
      // It fired while the task ran: nobody saw that, so it did not happen.
      startedEventID = fired.timerFiredEventAttributes.startedEventID
    } else {
      throw CommandRefusal(
        .badCancelTimerAttributes, "invalid history builder state for action: add-timer-canceled-event, TimerID: \(id)")
    }
    write(
      .timerCanceledEventAttributes(
        .with {
          $0.timerID = id
          $0.startedEventID = startedEventID
          $0.workflowTaskCompletedEventID = context.completedEventID
          $0.identity = context.request.identity
        }))
  }

  /// Fires the timers that are due, in the order in which they became so.
  mutating func fireTimers() {
    guard let next = execution.timers.nextDue, next <= now else { return }
    let due = execution.timers.values.filter { $0.due <= now }
    for timer in due.sorted(by: { ($0.due, $0.startedEventID) < ($1.due, $1.startedEventID) }) {
      add(
        .timerFiredEventAttributes(
          .with {
            $0.timerID = timer.timerID
            $0.startedEventID = timer.startedEventID
          }))
    }
  }
}
