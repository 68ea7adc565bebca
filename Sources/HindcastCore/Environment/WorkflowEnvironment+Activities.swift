import SwiftProtobuf
public import TemporalAPI

extension WorkflowEnvironment {
  /// Schedules an activity.
  /// - Parameters:
  ///   - attributes: as they go to the server; an empty `activityID` becomes the predicted event id, in decimal.
  ///   - waitsForCancellation: a cancel resolves the operation only when the server has confirmed it.
  ///   - summary: for the UI.
  /// - Returns: the operation that gets the result.
  public func scheduleActivity(
    _ attributes: Temporal_Api_Command_V1_ScheduleActivityTaskCommandAttributes, waitsForCancellation: Bool = false,
    summary: Temporal_Api_Common_V1_Payload? = nil
  ) throws(TaskFailure) -> ActivityHandle {
    let eventID = try ledger.nextID()
    var attributes = attributes
    if attributes.activityID.isEmpty { attributes.activityID = String(eventID) }
    let issued = issue(.scheduleActivityTask) {
      $0.scheduleActivityTaskCommandAttributes = attributes
      if let summary { $0.userMetadata.summary = summary }
    }
    let machine = CommandMachine(.activity, id: attributes.activityID, issued: issued)
    let operation = newOperation()
    machine.operation = operation
    machine.waitsForCancellation = waitsForCancellation
    try ledger.schedule(activity: machine, eventID: eventID)
    return ActivityHandle(operation: operation, activityID: attributes.activityID)
  }

  /// Requests cancellation of an activity that is not closed. Unless it waits for the server's word, its operation is
  /// rejected with `.canceled` before this returns.
  public func cancelActivity(_ activity: ActivityHandle) throws(TaskFailure) {
    let machine = try ledger.cancelActivity(id: activity.activityID) { eventID in
      issue(.requestCancelActivityTask) {
        $0.requestCancelActivityTaskCommandAttributes.scheduledEventID = eventID
      }
    }
    if machine.isDone || !machine.waitsForCancellation { try resolve(machine, .rejected(.canceled)) }
  }

  /// Gives a machine's operation its result, once.
  func resolve(_ machine: CommandMachine, _ resolution: Resolution) throws(TaskFailure) {
    guard !machine.isHandled, let operation = machine.operation else { return }
    machine.isHandled = true
    try instance?.resolve(operation, with: resolution)
  }
}

/// A scheduled activity.
public struct ActivityHandle: Hashable, Sendable {
  /// The operation that gets the result.
  public var operation: OperationID
  /// The id it was scheduled under.
  public var activityID: String
}

/// A started timer.
public struct TimerHandle: Hashable, Sendable {
  /// The operation that is completed when the timer fires.
  public var operation: OperationID
  /// The timer's id.
  public var timerID: String
}

/// A child workflow that was asked for.
public struct ChildWorkflowHandle: Hashable, Sendable {
  /// The operation that is told when the child has started, and then its result.
  public var operation: OperationID
  /// The child's workflow id.
  public var workflowID: String
}
