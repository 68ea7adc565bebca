public import Foundation
public import HindcastCore
public import TemporalAPI

/// What a workflow function does everything through.
///
/// A context is a small value: copies share the run, and differ in the cancellation scope and in default options. All
/// waiting goes through it; what waits elsewhere (`Task.sleep`, real I/O) fails the workflow task. Everything that may wait
/// throws `WorkflowEvicted` when the run is given up: let that error through.
public struct WorkflowContext: Sendable {
  let host: WorkflowHost

  /// What is cancelled together with this context.
  public let scope: CancellationScope

  /// Options for activities that are started without any.
  public var activityOptions = ActivityOptions()

  /// Options for local activities that are started without any.
  public var localActivityOptions = LocalActivityOptions()

  /// Options for children that are started without any.
  public var childWorkflowOptions = ChildWorkflowOptions()

  /// The session that the context's activities run in.
  var session: SessionCore?

  init(host: WorkflowHost, scope: CancellationScope) {
    self.host = host
    self.scope = scope
  }

  // MARK: The run

  /// What can be known of the run.
  public var info: WorkflowInfo { host.read(WorkflowInfo()) { $0.info } }

  /// The headers that the workflow was started with.
  public var header: [String: Temporal_Api_Common_V1_Payload] { host.read([:]) { _ in host.header.fields } }

  /// The time: the start of the present workflow task, the same at each call within the task.
  public var now: Date {
    let time = self.time
    return Date(timeIntervalSince1970: Double(time.seconds) + Double(time.nanoseconds) / 1e9)
  }

  /// The time, to the nanosecond.
  public var time: WorkflowTime { host.read(.zero) { $0.now } }

  /// Whether the present task was completed before.
  public var isReplaying: Bool { host.read(true) { $0.isReplaying } }

  /// Writes to the log of the run.
  public var logger: WorkflowLogger { WorkflowLogger(host: host) }

  // MARK: Scopes

  /// A context whose scope can be cancelled on its own, and is cancelled with this one.
  public func cancellable() -> WorkflowContext { with(CancellationScope(host: host, parent: scope)) }

  /// A context that stays as it is when this one, or the workflow, is cancelled: for cleaning up.
  public func disconnected() -> WorkflowContext { with(CancellationScope(host: host, parent: nil)) }

  /// Whether this context's scope was cancelled.
  public var isCanceled: Bool { scope.isCanceled }

  /// - Throws: `CanceledFailure` when this context's scope was cancelled.
  public func checkCancellation() throws {
    if isCanceled { throw CanceledFailure() }
  }

  private func with(_ scope: CancellationScope) -> WorkflowContext {
    var copy = WorkflowContext(host: host, scope: scope)
    copy.activityOptions = activityOptions
    copy.localActivityOptions = localActivityOptions
    copy.childWorkflowOptions = childWorkflowOptions
    copy.session = session
    return copy
  }
}
