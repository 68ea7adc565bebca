import HindcastCalls
import SwiftProtobuf
import Synchronization
import TemporalServiceAPI

/// A connection that keeps what goes over it, counts the calls that are open, and holds or makes up answers.
final class WatchedConnection: ServiceConnection {
  /// What a test waited for did not come.
  struct Silence: Error, CustomStringConvertible {
    let awaited: String
    let traffic: Traffic
    var description: String {
      let counts = Dictionary(grouping: traffic.calls, by: \.method).mapValues(\.count).sorted { $0.key < $1.key }
      let calls = counts.map { "\($0.value) of \($0.key), \(traffic.open[$0.key] ?? 0) open" }
      return "\(awaited) did not come; there were \(calls.joined(separator: "; "))"
    }
  }

  /// One call.
  struct Call: Sendable {
    let method: String
    let request: any Message
  }

  /// What is known of the calls.
  struct Traffic: Sendable {
    /// In the order in which they were made.
    var calls: [Call] = []
    /// How many calls of a method wait for their answer now.
    var open: [String: Int] = [:]
    /// The most calls of a method that ever waited at the same time.
    var mostOpen: [String: Int] = [:]
    /// How many calls have come back.
    var finished = 0

    /// The requests of a method, in order.
    func requests<Request: Message, Response: Message>(_ method: ServiceMethod<Request, Response>) -> [Request] {
      calls.compactMap { $0.method == method.name ? $0.request as? Request : nil }
    }

    /// How many calls of a method wait for their answer now.
    func open<Request: Message, Response: Message>(_ method: ServiceMethod<Request, Response>) -> Int {
      open[method.name] ?? 0
    }

    /// The most calls of a method that ever waited at the same time.
    func mostOpen<Request: Message, Response: Message>(_ method: ServiceMethod<Request, Response>) -> Int {
      mostOpen[method.name] ?? 0
    }

    fileprivate mutating func begin(_ call: Call) {
      calls.append(call)
      let count = (open[call.method] ?? 0) + 1
      open[call.method] = count
      mostOpen[call.method] = max(mostOpen[call.method] ?? 0, count)
    }

    fileprivate mutating func end(_ call: Call) {
      open[call.method, default: 0] -= 1
      finished += 1
    }
  }

  /// What is answered in place of the service; `nil`: the service is asked.
  typealias Script = @Sendable (Call) async throws -> (any Message)?

  private struct State {
    var traffic = Traffic()
    var watches: [Int: (isMet: @Sendable (Traffic) -> Bool, continuation: CheckedContinuation<Bool, Never>)] = [:]
    var lastWatch = 0
    var held: Set<String> = []
    var holds: [String: [CheckedContinuation<Void, Never>]] = [:]
  }

  private let service: any ServiceConnection
  private let script: Script
  private let state = Mutex(State())

  init(_ service: any ServiceConnection, script: @escaping Script = { _ in nil }) {
    self.service = service
    self.script = script
  }

  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    let call = Call(method: method.name, request: request)
    change { $0.begin(call) }
    defer { change { $0.end(call) } }
    let answer: Response
    if let scripted = try await script(call) {
      guard let scripted = scripted as? Response else {
        throw ServiceError(.internal, "the script answers \(type(of: scripted))", method: method.name)
      }
      answer = scripted
    } else {
      answer = try await service.call(method, request, timeout: timeout)
    }
    await passHold(method.name)
    return answer
  }

  // MARK: Looking

  /// What went over the connection up to now.
  var traffic: Traffic { state.withLock { $0.traffic } }

  /// Waits until the calls are as they should be.
  ///
  /// - Throws: ``Silence`` when that does not come to pass, after a time that no working test needs.
  func wait(for what: String, _ isMet: @escaping @Sendable (Traffic) -> Bool) async throws {
    let number = state.withLock { state in
      state.lastWatch += 1
      return state.lastWatch
    }
    let impatience = Task {
      try await Task.sleep(for: .seconds(60))
      state.withLock { $0.watches.removeValue(forKey: number) }?.continuation.resume(returning: false)
    }
    defer { impatience.cancel() }
    let isThere = await withCheckedContinuation { continuation in
      let isMetNow = state.withLock { state in
        if isMet(state.traffic) { return true }
        state.watches[number] = (isMet, continuation)
        return false
      }
      if isMetNow { continuation.resume(returning: true) }
    }
    if !isThere { throw Silence(awaited: what, traffic: traffic) }
  }

  /// Waits for the first requests of a method, so many, and gives all that have come.
  @discardableResult
  func requests<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, atLeast count: Int = 1
  ) async throws -> [Request] {
    try await wait(for: "\(count) of \(method.name)") { $0.requests(method).count >= count }
    return traffic.requests(method)
  }

  /// Waits until so many calls of a method wait for their answer.
  func untilOpen<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ count: Int
  ) async throws {
    try await wait(for: "\(count) open calls of \(method.name)") { $0.open(method) == count }
  }

  private func change(_ body: (inout Traffic) -> Void) {
    let met = state.withLock { state in
      body(&state.traffic)
      let met = state.watches.filter { $0.value.isMet(state.traffic) }
      for number in met.keys { state.watches[number] = nil }
      return met.values.map(\.continuation)
    }
    for continuation in met { continuation.resume(returning: true) }
  }

  // MARK: Holding

  /// From now on the answers to a method stay here until ``release(_:)``.
  func hold<Request: Message, Response: Message>(_ method: ServiceMethod<Request, Response>) {
    state.withLock { _ = $0.held.insert(method.name) }
  }

  /// Lets the answers to a method go, those that were held and those that come.
  func release<Request: Message, Response: Message>(_ method: ServiceMethod<Request, Response>) {
    let held = state.withLock { state in
      state.held.remove(method.name)
      return state.holds.removeValue(forKey: method.name) ?? []
    }
    for continuation in held { continuation.resume() }
  }

  private func passHold(_ method: String) async {
    await withCheckedContinuation { continuation in
      let isHeld = state.withLock { state in
        if state.held.contains(method) { state.holds[method, default: []].append(continuation) }
        return state.held.contains(method)
      }
      if !isHeld { continuation.resume() }
    }
  }
}
