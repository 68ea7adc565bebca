internal import HindcastCore
public import HindcastHistory
internal import HindcastSwift
public import HindcastWorker
internal import SwiftProtobuf
private import Synchronization
public import TemporalAPI

/// What stands in for activities in a test, by the activities' types; and what they were called with.
///
/// ```swift
/// environment.activities.mock("app:charge_payment", returning: ["transaction": "tx-1"])
/// environment.activities.mock("app:ship_order", sequence: [.failure("carrier is down"), .value(["tracking": "T-1"])])
/// environment.activities.mock("app:send_email") { (mail: Mail) in "sent to \(mail.to)" }
/// environment.activities.mock("app:check_fraud", outcome: .failure("no", type: "Fraud", isRetryable: false))
/// environment.activities.mock("app:print_label", outcome: try .value("label").delayed(by: .seconds(60)))
/// ```
public final class ActivityMocks: Sendable {
  /// What a mock does with a call.
  typealias Body = @Sendable (ActivityContext) async throws -> Payloads?

  private struct State {
    var bodies: [String: Body] = [:]
    var calls: [ActivityCall] = []
  }

  private let state = Mutex(State())

  init() {}

  /// Always the same result.
  public func mock(_ type: String, returning value: some Encodable & Sendable) {
    set(type) { _ in try encode(value) }
  }

  /// Always the same result, as payloads.
  public func mock(_ type: String, payloads: Payloads?) { set(type) { _ in payloads } }

  /// Always the same outcome: a result, a failure, either of them after some time.
  public func mock(_ type: String, outcome: MockOutcome) {
    set(type) { try await outcome.payloads(of: $0) }
  }

  /// One outcome a call, in order; the last one stays.
  public func mock(_ type: String, sequence: [MockOutcome]) {
    let next = Mutex(0)
    set(type) { activity in
      let index = next.withLock { index in
        defer { index += 1 }
        return index
      }
      guard let outcome = sequence.isEmpty ? nil : sequence[min(index, sequence.count - 1)] else { return nil }
      return try await outcome.payloads(of: activity)
    }
  }

  /// A closure that takes the arguments.
  ///
  /// What it throws is the activity's failure; throw a ``MockOutcome`` to say which.
  public func mock<each Argument: Decodable & Sendable & SendableMetatype, Output: Encodable & Sendable>(
    _ type: String, _ body: @escaping @Sendable (repeat each Argument) async throws -> Output
  ) {
    set(type) { activity in
      var arguments = ArgumentReader(activity.input)
      return try encode(await body(repeat try arguments.next((each Argument).self)))
    }
  }

  /// A closure that sees the whole activity: its attempt, arguments, heartbeats, and whether it is to stop.
  public func mock(_ type: String, raw body: @escaping @Sendable (ActivityContext) async throws -> Payloads?) {
    set(type, body)
  }

  /// The calls of an activity so far, every attempt one, in order.
  public func calls(of type: String) -> [ActivityCall] {
    state.withLock { $0.calls.filter { $0.type == type } }
  }

  /// All calls so far, in order.
  public var calls: [ActivityCall] { state.withLock { $0.calls } }

  private func set(_ type: String, _ body: @escaping Body) { state.withLock { $0.bodies[type] = body } }

  func body(for type: String) -> Body? { state.withLock { $0.bodies[type] } }

  func note(_ activity: ActivityContext) {
    state.withLock {
      $0.calls.append(
        ActivityCall(
          type: activity.info.type, workflowID: activity.info.execution.workflowID,
          attempt: Int(activity.info.attempt), input: activity.input))
    }
  }
}

/// One call of an activity.
public struct ActivityCall: Sendable {
  /// The activity's type.
  public var type: String
  /// The workflow that it was called for.
  public var workflowID: String
  /// 1 for the first try.
  public var attempt: Int
  /// The arguments.
  public var input: Payloads?

  /// The first argument.
  public func argument<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    try decode(type, from: input)
  }
}
