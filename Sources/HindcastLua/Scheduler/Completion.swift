import HindcastCore
import TemporalAPI

/// An operation's error, as Lua code will get it.
package struct FailedOperation: Error, Sendable {
  var error: LuaErrorValue
}

/// The end of an operation that a task waits for.
struct OperationCompletion {
  var task: LuaTask
  var outcome: OperationOutcome
}

/// What the waiting task gets.
enum OperationOutcome {
  /// No values.
  case nothing
  /// `value, nil` with the decoded payload; no payload is nil.
  case payload(Temporal_Api_Common_V1_Payload?)
  /// `nil, error`.
  case failed(LuaErrorValue)
  /// `text, nil`.
  case text(String)
  /// A number, and nil.
  case number(Double)
  /// `true, nil`.
  case succeeded
  /// A single boolean.
  case flag(Bool)
  /// A timer or ticker that was started.
  case timer(TimerEntry, TimerResult)
  /// A future, and nil.
  case future(Future)
  /// What an errand brought.
  case answer(Errand.Answer)
}

/// What the caller of a function that starts a timer gets.
enum TimerResult {
  /// `time.after`: only the channel.
  case channel
  case timer
  case ticker
}

/// The result of one step (spec/wippy.md 7.4).
enum StepStatus {
  /// Tasks wait for operations, which are to be carried out in this order; often none that are new.
  case yield([LuaTask])
  /// The main coroutine has returned.
  case done
  /// Every coroutine is blocked on channels or subscriptions.
  case idle
  case upgrade(UpgradeRequest)
  /// The process wants to go on at once.
  case `continue`
}

/// Why a step failed, which fails the workflow.
struct ProcessFailure: Error {
  var error: LuaErrorValue
  /// Whether an error was raised that nobody caught.
  var isUncaught = true
}
