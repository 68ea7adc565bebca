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

  /// Always the same failure.
  public func mock(_ type: String, failing failure: MockOutcome) {
    set(type) { _ in try failure.payloads() }
  }

  /// One outcome a call, in order; the last one stays.
  public func mock(_ type: String, sequence: [MockOutcome]) {
    let next = Mutex(0)
    set(type) { _ in
      let index = next.withLock { index in
        defer { index += 1 }
        return index
      }
      guard let outcome = sequence.isEmpty ? nil : sequence[min(index, sequence.count - 1)] else { return nil }
      return try outcome.payloads()
    }
  }

  /// A closure that takes the first argument.
  public func mock<Input: Decodable & Sendable, Output: Encodable & Sendable>(
    _ type: String, _ body: @escaping @Sendable (Input) async throws -> Output
  ) {
    set(type) { try encode(await body(try decode(Input.self, from: $0.input))) }
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
        ActivityCall(type: activity.info.type, attempt: Int(activity.info.attempt), input: activity.input))
    }
  }
}

/// One call of an activity.
public struct ActivityCall: Sendable {
  /// The activity's type.
  public var type: String
  /// 1 for the first try.
  public var attempt: Int
  /// The arguments.
  public var input: Payloads?

  /// The first argument.
  public func argument<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    try decode(type, from: input)
  }
}

/// What a mocked activity comes to.
public enum MockOutcome: Sendable {
  /// A result.
  case result(Payloads)
  /// A failure as the server is told.
  case failed(Failure)

  /// A result, encoded as JSON.
  public static func value(_ value: some Encodable & Sendable) throws -> MockOutcome { .result(try encode(value)) }

  /// A failure of an application.
  ///
  /// - Parameters:
  ///   - message: What went wrong.
  ///   - type: What retry policies and workflows tell it by.
  ///   - isRetryable: Whether the server may try again.
  public static func failure(_ message: String, type: String = "", isRetryable: Bool = true) -> MockOutcome {
    .failed(
      .with {
        $0.message = message
        $0.source = "hindcast"
        $0.applicationFailureInfo = .with {
          $0.type = type
          $0.nonRetryable = !isRetryable
        }
      })
  }

  fileprivate func payloads() throws -> Payloads? {
    switch self {
    case .result(let payloads): return payloads
    case .failed(let failure): throw ActivityError.failed(failure)
    }
  }
}

func encode(_ value: some Encodable) throws -> Payloads {
  do {
    return try PayloadConverter.payloads(value)
  } catch {
    throw TestEnvironmentError.payload("\(type(of: value)) cannot be encoded: \(error)")
  }
}

func decode<Value: Decodable>(_ type: Value.Type, from payloads: Payloads?) throws -> Value {
  do {
    return try PayloadConverter.decode(type, from: payloads)
  } catch {
    throw TestEnvironmentError.payload("\(Value.self) cannot be read: \(error)")
  }
}
