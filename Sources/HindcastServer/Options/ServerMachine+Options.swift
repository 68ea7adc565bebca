internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Changing the options of a running run (`server.md` 5).

typealias OptionsRequest = Temporal_Api_Workflowservice_V1_UpdateWorkflowExecutionOptionsRequest
typealias OptionsResponse = Temporal_Api_Workflowservice_V1_UpdateWorkflowExecutionOptionsResponse
typealias WorkflowOptions = Temporal_Api_Workflow_V1_WorkflowExecutionOptions
typealias OptionsUpdatedAttributes = Temporal_Api_History_V1_WorkflowExecutionOptionsUpdatedEventAttributes

extension ServerMachine {
  static var optionsRoutes: [Route] {
    [
      .prompt(WorkflowService.updateWorkflowExecutionOptions) { (machine, request, turn) throws(ServiceError) in
        try machine.updateOptions(request, &turn)
      }
    ]
  }

  private mutating func updateOptions(
    _ request: OptionsRequest, _ turn: inout Turn
  ) throws(ServiceError) -> OptionsResponse {
    try checkNamespace(request.namespace)
    if request.workflowExecution.workflowID.isEmpty { throw .invalidArgument("WorkflowId is not set on request.") }
    guard request.hasUpdateMask else { throw .invalidArgument("UpdateMask is required") }
    guard request.hasWorkflowExecutionOptions else { throw .invalidArgument("WorkflowExecutionOptions is required") }
    let change = try optionsChange(request.workflowExecutionOptions, request.updateMask)
    let execution = try run(request.workflowExecution, in: request.namespace)
    guard execution.isRunning else { throw .alreadyCompleted }
    if change.changesOverride {
      try checkIsPolled(
        change.options.versioningOverride, on: execution.record.started.taskQueue.name, in: request.namespace)
    }
    var options = WorkflowOptions()
    try self.change(execution.runID, &turn) { (transaction: inout RunTransaction) throws(ServiceError) in
      options = try transaction.update(change, identity: request.identity)
    }
    return .with { $0.workflowExecutionOptions = options }
  }

  /// A change of options that makes sense.
  ///
  /// - Throws: INVALID_ARGUMENT for one that does not.
  func optionsChange(
    _ options: WorkflowOptions, _ mask: Google_Protobuf_FieldMask
  ) throws(ServiceError) -> OptionsChange {
    if let path = mask.paths.first(where: { !OptionsChange.isPath($0) }) {
      throw .invalidArgument(
        "error parsing UpdateMask: proto: invalid path \"\(path)\" for message "
          + "\"temporal.api.workflow.v1.WorkflowExecutionOptions\"")
    }
    try check(options.priority)
    var options = options
    if options.hasTimeSkippingConfig { options.timeSkippingConfig = try checked(options.timeSkippingConfig) }
    let change = OptionsChange(options: options, paths: Set(mask.paths))
    try change.check()
    return change
  }
}

/// Options, and which of them are to be changed.
struct OptionsChange: Sendable {
  var options: WorkflowOptions
  var paths: Set<String>

  private static let fields = ["versioning_override", "priority", "time_skipping_config"]
  private static let priorityFields = ["priority_key", "fairness_key", "fairness_weight"]

  /// Whether a field mask's path is one of the options.
  static func isPath(_ path: String) -> Bool {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let first = parts.first, fields.contains(first), !parts.contains("") else { return false }
    return first != "priority" || parts.count == 1 || parts.count == 2 && priorityFields.contains(parts[1])
  }

  /// - Throws: INVALID_ARGUMENT for parts of options that can only be changed as a whole.
  fileprivate func check() throws(ServiceError) {
    let override = "versioning_override."
    let pair = [override + "deployment", override + "behavior"]
    if pair.contains(where: paths.contains), !pair.allSatisfy(paths.contains) {
      throw .invalidUpdate("versioning_override fields must be updated together")
    }
    if paths.contains(where: { $0.hasPrefix(override) && !pair.contains($0) }) {
      throw .invalidUpdate("versioning_override doesn't support partial updates")
    }
    if paths.contains(where: { $0.hasPrefix("time_skipping_config.") }) {
      throw .invalidUpdate("time_skipping_config doesn't support partial update")
    }
  }

  /// Options as they are after the change.
  fileprivate func merged(into current: WorkflowOptions) -> WorkflowOptions {
    var merged = current
    if changesOverride {
      if options.hasVersioningOverride {
        merged.versioningOverride = options.versioningOverride
      } else {
        merged.clearVersioningOverride()
      }
    }
    if paths.contains("priority") {
      if options.hasPriority { merged.priority = options.priority } else { merged.clearPriority() }
    }
    if paths.contains("priority.priority_key") { merged.priority.priorityKey = options.priority.priorityKey }
    if paths.contains("priority.fairness_key") { merged.priority.fairnessKey = options.priority.fairnessKey }
    if paths.contains("priority.fairness_weight") { merged.priority.fairnessWeight = options.priority.fairnessWeight }
    if changesTimeSkipping {
      if options.hasTimeSkippingConfig {
        merged.timeSkippingConfig = options.timeSkippingConfig
      } else {
        merged.clearTimeSkippingConfig()
      }
    }
    return merged
  }

  fileprivate var changesOverride: Bool {
    paths.contains("versioning_override") || paths.contains("versioning_override.behavior")
  }

  private var changesTimeSkipping: Bool { paths.contains("time_skipping_config") }

  /// The same fast-forward again is another one.
  fileprivate var startsFastForward: Bool {
    changesTimeSkipping && options.timeSkippingConfig.hasFastForwardConfig
  }
}

extension RunTransaction {
  /// Changes the run's options; an event tells of it unless they stay as they are.
  ///
  /// - Returns: The options as they are now.
  mutating func update(_ change: OptionsChange, identity: String) throws(ServiceError) -> WorkflowOptions {
    let current = currentOptions
    var merged = change.merged(into: current)
    if merged.versioningOverride != current.versioningOverride, merged.hasVersioningOverride {
      try completePinnedVersion(&merged.versioningOverride)
    }
    let changesTimeSkipping =
      change.startsFastForward || merged.hasTimeSkippingConfig != current.hasTimeSkippingConfig
      || merged.timeSkippingConfig != current.timeSkippingConfig
    guard merged != current || changesTimeSkipping else { return merged }
    add(
      .workflowExecutionOptionsUpdatedEventAttributes(
        .with {
          if merged.hasVersioningOverride { $0.versioningOverride = merged.versioningOverride }
          $0.unsetVersioningOverride = !merged.hasVersioningOverride
          $0.identity = identity
          if merged.hasPriority { $0.priority = merged.priority }
          if merged.hasTimeSkippingConfig { $0.timeSkippingConfig = merged.timeSkippingConfig }
          $0.timeSkippingConfigUpdated = changesTimeSkipping
        }), wakes: false)
    if merged.versioningOverride != current.versioningOverride || merged.priority != current.priority {
      redispatchWorkflowTask()
    }
    return merged
  }

  private var currentOptions: WorkflowOptions {
    .with {
      if record.hasVersioningOverride { $0.versioningOverride = record.versioningOverride }
      if record.hasPriority { $0.priority = record.priority }
      if record.hasTimeSkipping { $0.timeSkippingConfig = record.timeSkipping }
    }
  }

  /// Pins to the version that the run is pinned to already if the override names none.
  private func completePinnedVersion(
    _ override: inout Temporal_Api_Workflow_V1_VersioningOverride
  ) throws(ServiceError) {
    guard case .pinned(var pinned)? = override.override, pinned.behavior != .unspecified, !pinned.hasVersion else {
      return
    }
    let versioning = record.versioning
    guard versioning.behavior == .pinned else {
      throw .failedPrecondition(
        "must specify a specific pinned override version because workflow with id \(record.workflowID) has behavior "
          + "\(versioning.behavior == .autoUpgrade ? "AutoUpgrade" : "Unspecified") and is not yet pinned to any version"
      )
    }
    pinned.version = versioning.deploymentVersion
    override.pinned = pinned
  }

  /// Puts a task that waits into its queue again: options decide who may take it.
  private mutating func redispatchWorkflowTask() {
    guard record.workflowTask.kind != .none, record.workflowTask.startedEventID == 0 else { return }
    record.workflowTask.stamp += 1
    dispatchWorkflowTask()
  }
}

extension ServiceError {
  fileprivate static func invalidUpdate(_ message: String) -> Self {
    invalidArgument("error applying update_options: \(message)")
  }
}
