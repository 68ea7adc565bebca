public import TemporalAPI
public import TemporalServiceAPI

/// How a workflow is started.
///
/// ```swift
/// var options = StartOptions.id("order-17")
/// options.retryPolicy = .with { $0.maximumAttempts = 3 }
/// options.searchAttributes = ["Customer": "acme"]
/// let run = try await environment.start("app:order_workflow", order, options: options)
/// ```
public struct StartOptions: Sendable {
  /// The workflow id; the type's name and a number unless told.
  public var id: String?
  /// What happens when a closed workflow had the id.
  public var idReusePolicy = Temporal_Api_Enums_V1_WorkflowIdReusePolicy.unspecified
  /// What happens when a running workflow has the id.
  public var idConflictPolicy = Temporal_Api_Enums_V1_WorkflowIdConflictPolicy.unspecified
  /// The task queue; the one of the worker that has the type unless told.
  public var taskQueue: String?
  /// Of one run.
  public var runTimeout: Duration?
  /// Of a chain of runs.
  public var executionTimeout: Duration?
  /// Of a workflow task; 10 seconds unless told.
  public var taskTimeout: Duration?
  /// Wait before the first task.
  public var startDelay: Duration?
  /// A cron schedule.
  public var cronSchedule = ""
  /// How a failed run is retried; `nil` for not at all.
  public var retryPolicy: Temporal_Api_Common_V1_RetryPolicy?
  /// Notes that lists show.
  public var memo: [String: any Encodable & Sendable] = [:]
  /// What lists can be filtered by; those that Temporal does not know need
  /// ``TestEnvironment/addSearchAttributes(_:)`` first.
  public var searchAttributes: [String: any Encodable & Sendable] = [:]

  /// The defaults.
  public init() {}

  /// With an id.
  public static func id(_ id: String) -> StartOptions {
    var options = StartOptions()
    options.id = id
    return options
  }
}
