public import Foundation
public import HindcastCalls
public import HindcastServer
public import SwiftProtobuf
internal import TemporalServiceAPI

// The calls of temporal.api.testservice.v1.TestService (`server.md` 18.1).

extension TemporalService {
  /// Whether the service knows a method.
  public nonisolated static func knows(_ method: MethodName) -> Bool {
    testServiceRequests[method.name] != nil && method.service == TestService.name || ServerMachine.knows(method)
  }

  /// Reads a request as it comes over a wire.
  ///
  /// - Throws: UNIMPLEMENTED for a method that the service does not know, INTERNAL for bytes that are no request.
  public nonisolated static func request(of method: MethodName, from bytes: Data) throws(ServiceError) -> any Message {
    guard method.service == TestService.name else { return try ServerMachine.request(of: method, from: bytes) }
    guard let type = testServiceRequests[method.name] else {
      throw ServiceError(.unimplemented, "unknown method \(method.name) for service \(method.service)")
    }
    do {
      return try type.init(serializedBytes: bytes)
    } catch {
      throw .undecodable(error, method: method.name)
    }
  }

  private nonisolated static var testServiceRequests: [String: any Message.Type] {
    [
      TestService.lockTimeSkipping.name: Temporal_Api_Testservice_V1_LockTimeSkippingRequest.self,
      TestService.unlockTimeSkipping.name: Temporal_Api_Testservice_V1_UnlockTimeSkippingRequest.self,
      TestService.unlockTimeSkippingWithSleep.name: Temporal_Api_Testservice_V1_SleepRequest.self,
      TestService.sleep.name: Temporal_Api_Testservice_V1_SleepRequest.self,
      TestService.sleepUntil.name: Temporal_Api_Testservice_V1_SleepUntilRequest.self,
      TestService.getCurrentTime.name: Google_Protobuf_Empty.self,
    ]
  }

  func callTestService(_ method: MethodName, _ request: any Message) async throws -> any Message {
    switch method.name {
    case TestService.lockTimeSkipping.name:
      try lockTimeSkipping()
      return Temporal_Api_Testservice_V1_LockTimeSkippingResponse()
    case TestService.unlockTimeSkipping.name:
      try unlockTimeSkipping()
      return Temporal_Api_Testservice_V1_UnlockTimeSkippingResponse()
    case TestService.unlockTimeSkippingWithSleep.name:
      try await sleep(for: duration(of: request), unlocking: true)
      return Temporal_Api_Testservice_V1_SleepResponse()
    case TestService.sleep.name:
      try await sleep(for: duration(of: request))
      return Temporal_Api_Testservice_V1_SleepResponse()
    case TestService.sleepUntil.name:
      guard let request = request as? Temporal_Api_Testservice_V1_SleepUntilRequest else { throw Self.wrong(request) }
      let time = request.timestamp
      let (seconds, overflow) = time.seconds.multipliedReportingOverflow(by: 1_000_000_000)
      try await sleep(
        until: ServerTime(nanoseconds: overflow ? .max : seconds) + .nanoseconds(Int64(time.nanos)), unlocking: false)
      return Temporal_Api_Testservice_V1_SleepResponse()
    case TestService.getCurrentTime.name:
      let (seconds, rest) = now.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
      return Temporal_Api_Testservice_V1_GetCurrentTimeResponse.with {
        $0.time = Google_Protobuf_Timestamp(seconds: seconds, nanos: Int32(rest))
      }
    default:
      throw ServiceError(.unimplemented, "unknown method \(method.name) for service \(method.service)")
    }
  }

  private static func wrong(_ request: any Message) -> ServiceError {
    ServiceError(.internal, "this method takes no \(type(of: request))")
  }

  private func duration(of request: any Message) throws -> Duration {
    guard let request = request as? Temporal_Api_Testservice_V1_SleepRequest else { throw Self.wrong(request) }
    return Duration(request.duration)
  }

  // MARK: The clock

  /// Keeps time from being skipped until it is unlocked as often.
  public func lockTimeSkipping() throws {
    try checkClock()
    clock.lock()
  }

  /// Takes back one lock.
  ///
  /// - Throws: ``ServiceError`` when there is no lock, or the clock cannot skip.
  public func unlockTimeSkipping() throws {
    try checkClock()
    guard clock.unlock() else { throw ServiceError(.internal, "Unbalanced lock and unlock calls") }
    pump()
  }

  /// Waits until so much time has passed on the service's clock.
  ///
  /// With a virtual clock the sleeper wakes after all that its moment brings about: workers have to do what there is to do.
  ///
  /// - Parameter unlocking: Takes back a lock meanwhile.
  public func sleep(for duration: Duration, unlocking: Bool = false) async throws {
    try await sleep(until: clock.now() + max(duration, .zero), unlocking: unlocking)
  }

  func sleep(until time: ServerTime, unlocking: Bool) async throws {
    if unlocking { try checkClock() }
    if unlocking, clock.locks == 0 { throw ServiceError(.internal, "Unbalanced lock and unlock calls") }
    // What has passed is not waited for, whatever is under way.
    if time <= clock.now() { return }
    let id = sleepers.nextID()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
          return
        }
        if unlocking { _ = clock.unlock() }
        sleepers.add(Sleepers.Sleeper(due: time, locks: unlocking, continuation: continuation), id: id)
        pump()
      }
    } onCancel: {
      Task { await self.cancelSleep(id) }
    }
  }

  private func cancelSleep(_ id: UInt64) {
    guard let sleeper = sleepers.remove(id) else { return }
    if sleeper.locks { clock.lock() }
    sleeper.continuation.resume(throwing: CancellationError())
  }

  private func checkClock() throws {
    guard clock.canSkip else {
      throw ServiceError(.failedPrecondition, "the clock of this service skips no time")
    }
  }
}
