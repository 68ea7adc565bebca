import SwiftProtobuf
public import TemporalAPI

extension WorkflowEnvironment {
  /// Starts a timer.
  /// - Parameter duration: in nanoseconds, more than 0. For anything else the Go SDK resolves at once without a command, which
  ///   each language plug-in does as its own rules say.
  public func startTimer(
    nanoseconds duration: Int64, summary: Temporal_Api_Common_V1_Payload? = nil
  ) throws(TaskFailure) -> TimerHandle {
    let id = String(try ledger.nextID())
    let issued = issue(.startTimer) {
      $0.startTimerCommandAttributes = .with {
        $0.timerID = id
        $0.startToFireTimeout = Google_Protobuf_Duration(nanoseconds: duration)
      }
      if let summary { $0.userMetadata.summary = summary }
    }
    let machine = CommandMachine(.timer, id: id, issued: issued)
    let operation = newOperation()
    machine.operation = operation
    try ledger.add(machine)
    return TimerHandle(operation: operation, timerID: id)
  }

  /// Cancels a timer that has not fired; its operation is rejected with `.canceled` before this returns.
  public func cancelTimer(_ timer: TimerHandle) throws(TaskFailure) {
    let machine = try ledger.cancelTimer(id: timer.timerID) {
      issue(.cancelTimer) { $0.cancelTimerCommandAttributes.timerID = timer.timerID }
    }
    try resolve(machine, .rejected(.canceled))
  }
}
