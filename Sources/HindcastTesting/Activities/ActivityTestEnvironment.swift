internal import HindcastCore
public import HindcastHistory
public import HindcastWorker
private import Synchronization
public import TemporalAPI

/// Runs activities without a workflow around them: what they return, how they fail, what they report, how they stop.
///
/// ```swift
/// let activities = try ActivityTestEnvironment(app: "Histories/orders")
/// activities.http.stub("POST", "https://pay.example/charges", json: ["id": "tx-1"])
/// let receipt: Receipt = try await activities.run("app:charge_payment", Order(id: "17"))
/// XCTAssertEqual(try activities.heartbeats(as: Int.self), [1, 2, 3])
/// ```
///
/// Time is skipped: an activity that waits an hour has waited it at once. Its timeouts hold in that time.
public final class ActivityTestEnvironment: Sendable {
  /// The server that activities reach which start workflows or talk to them.
  public let environment: TestEnvironment

  private struct State {
    var info = ActivityInfo()
    var heartbeats: [Payloads?] = []
    var listener: (@Sendable (Payloads?) -> ActivityCancellation?)?
    var cancellation: (after: Duration, reason: ActivityCancellation)?
  }

  private let state = Mutex(State())

  /// An environment for the functions and processes of the Wippy app in a folder.
  ///
  /// - Throws: ``TestEnvironmentError/unusableApp(_:)`` with the places of all errors.
  public init(app directory: String, options: TestEnvironmentOptions = TestEnvironmentOptions()) throws {
    environment = try TestEnvironment(app: directory, options: options)
  }

  /// An environment for activities written in Swift.
  public init(activities: any ActivityCode, options: TestEnvironmentOptions = TestEnvironmentOptions()) {
    environment = TestEnvironment(workflows: NoWorkflows(), activities: activities, options: options)
  }

  /// What answers the HTTP requests of activities.
  public var http: HTTPStubs { environment.http }

  /// What activities are told of themselves from now on: the attempt, what the last one reported, timeouts, the workflow.
  ///
  /// Type, times and what is left empty are filled in when an activity runs.
  public var info: ActivityInfo {
    get { state.withLock(\.info) }
    set { state.withLock { $0.info = newValue } }
  }

  // MARK: Heartbeats and cancellation

  /// What activities have reported so far, in order.
  public var heartbeats: [Payloads?] { state.withLock(\.heartbeats) }

  /// What activities have reported so far, each report's first value.
  ///
  /// - Throws: ``TestEnvironmentError/payload(_:)`` where a report cannot be read so.
  public func heartbeats<Value: Decodable>(as type: Value.Type) throws -> [Value] {
    try heartbeats.map { try decode(type, from: $0) }
  }

  /// Calls a closure with each report; it may answer that the activity should stop, as the server does.
  public func onHeartbeat(_ body: @escaping @Sendable (Payloads?) -> ActivityCancellation?) {
    state.withLock { $0.listener = body }
  }

  /// Tells the activities that run from now on to stop.
  ///
  /// - Parameters:
  ///   - reason: What they are told.
  ///   - delay: How long after they began; with zero they begin with it.
  public func cancel(_ reason: ActivityCancellation = .requested, after delay: Duration = .zero) {
    state.withLock { $0.cancellation = (delay, reason) }
  }

  // MARK: Running

  /// Runs an activity and gives its result.
  ///
  /// - Parameters:
  ///   - type: The registered type.
  ///   - arguments: Its arguments, encoded as JSON.
  /// - Throws: `ActivityError` when it fails or says that it was canceled, ``TestEnvironmentError`` when it cannot run.
  public func run<Value: Decodable, each Argument: Encodable & Sendable>(
    _ type: String, _ arguments: repeat each Argument, as valueType: Value.Type = Value.self
  ) async throws -> Value {
    var input = Payloads()
    for argument in repeat each arguments { input.payloads += try encode(argument).payloads }
    return try decode(valueType, from: try await run(type, payloads: input.payloads.isEmpty ? nil : input))
  }

  /// As ``run(_:_:as:)``, for an activity whose result does not matter or that has none.
  public func run<each Argument: Encodable & Sendable>(_ type: String, _ arguments: repeat each Argument) async throws {
    var input = Payloads()
    for argument in repeat each arguments { input.payloads += try encode(argument).payloads }
    _ = try await run(type, payloads: input.payloads.isEmpty ? nil : input)
  }

  /// Runs an activity with payloads as they are.
  ///
  /// - Parameter header: What the workflow would have sent along, such as context that is passed on.
  public func run(
    _ type: String, payloads: Payloads?, header: Temporal_Api_Common_V1_Header? = nil
  ) async throws -> Payloads? {
    let (info, cancellation) = state.withLock { ($0.info, $0.cancellation) }
    let activity = LoneActivity(
      type, info, input: payloads, header: header,
      cancelled: cancellation.map { ($0.after.nanoseconds, $0.reason) }
    ) { [self] details in
      let listener = state.withLock { state in
        state.heartbeats.append(details)
        return state.listener
      }
      return listener?(details)
    }
    return try await environment.run(activity).get()
  }
}

/// No workflow at all.
private struct NoWorkflows: WorkflowCode {
  var workflowTypes: [String] { [] }

  func makeRuntime(_ options: RuntimeOptions) throws(WorkflowLoadError) -> any WorkflowRuntime {
    throw WorkflowLoadError(.unregisteredType, "there are no workflows here")
  }
}
