#if GRPC
internal import Foundation
internal import HindcastCalls
private import SwiftProtobuf
internal import Synchronization
internal import TemporalServiceAPI

/// What a front says of its own health: `grpc.health.v1.Health`, with which supervisors and clients look whether it serves.
final class FrontHealth: Sendable {
  typealias Response = Temporal_Grpc_Health_V1_HealthCheckResponse
  typealias Status = Response.ServingStatus

  /// What one caller watches.
  struct Watch: Sendable {
    let id: UInt64
    /// The status now and each one that follows, until the front stops or the watch is ended.
    let statuses: AsyncStream<Status>
  }

  private struct State {
    var isServing = true
    var watchers: [UInt64: Watcher] = [:]
    var last: UInt64 = 0
  }

  private struct Watcher {
    let isOfServed: Bool
    let continuation: AsyncStream<Status>.Continuation
  }

  /// The services that there are; the empty name is the front as a whole.
  private let services: Set<String>
  private let state = Mutex(State())

  init(services: [String]) { self.services = Set(services).union([""]) }

  private func status(of service: String, isServing: Bool) -> Status {
    guard services.contains(service) else { return .serviceUnknown }
    return isServing ? .serving : .notServing
  }

  /// Which service a request asks about.
  static func service(in request: Data) throws(ServiceError) -> String {
    do {
      return try Temporal_Grpc_Health_V1_HealthCheckRequest(serializedBytes: request).service
    } catch {
      throw .undecodable(error, method: "Check")
    }
  }

  /// - Throws: NOT_FOUND for a service that is not there.
  func check(_ service: String) throws(ServiceError) -> Status {
    let status = state.withLock { self.status(of: service, isServing: $0.isServing) }
    if status == .serviceUnknown { throw ServiceError(.notFound, "unknown service", method: "Check") }
    return status
  }

  func watch(_ service: String) -> Watch {
    let (statuses, continuation) = AsyncStream.makeStream(of: Status.self)
    return state.withLock { state in
      continuation.yield(status(of: service, isServing: state.isServing))
      state.last += 1
      if state.isServing {
        state.watchers[state.last] = Watcher(isOfServed: services.contains(service), continuation: continuation)
      } else {
        continuation.finish()
      }
      return Watch(id: state.last, statuses: statuses)
    }
  }

  /// Nobody reads a watch any more.
  func end(_ watch: Watch) {
    state.withLock { $0.watchers.removeValue(forKey: watch.id) }?.continuation.finish()
  }

  /// Says that nobody is served any more, and ends what watches.
  func stop() {
    let watchers = state.withLock { state in
      defer { state.watchers = [:] }
      state.isServing = false
      return state.watchers
    }
    for watcher in watchers.values {
      if watcher.isOfServed { watcher.continuation.yield(.notServing) }
      watcher.continuation.finish()
    }
  }
}
#endif
