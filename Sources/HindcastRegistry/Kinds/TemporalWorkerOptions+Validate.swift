extension TemporalWorkerOptions {
  private typealias Sizes = WritableKeyPath<TemporalWorkerOptions, Int>

  /// Counts for which the runtime takes its default when they are not positive.
  private static var sizes: [(name: String, path: Sizes, message: String?)] {
    [
      (
        "max_concurrent_activity_execution_size", \.maxConcurrentActivityExecutionSize,
        "max concurrent activity execution size must be > 0"
      ),
      (
        "max_concurrent_workflow_task_execution_size", \.maxConcurrentWorkflowTaskExecutionSize,
        "max concurrent workflow task execution size must be > 0"
      ),
      ("max_concurrent_local_activity_execution_size", \.maxConcurrentLocalActivityExecutionSize, nil),
      ("max_concurrent_session_execution_size", \.maxConcurrentSessionExecutionSize, nil),
      ("max_concurrent_activity_task_pollers", \.maxConcurrentActivityTaskPollers, nil),
      ("max_concurrent_workflow_task_pollers", \.maxConcurrentWorkflowTaskPollers, nil),
    ]
  }

  private static var rates: [(name: String, path: KeyPath<TemporalWorkerOptions, Double>, message: String)] {
    [
      (
        "worker_activities_per_second", \.workerActivitiesPerSecond, "worker activities per second cannot be negative"
      ),
      (
        "worker_local_activities_per_second", \.workerLocalActivitiesPerSecond,
        "worker local activities per second cannot be negative"
      ),
      (
        "task_queue_activities_per_second", \.taskQueueActivitiesPerSecond,
        "task queue activities per second cannot be negative"
      ),
    ]
  }

  mutating func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    func place(_ name: String) -> SourcePosition { map[name]?.position ?? position }
    let defaults = TemporalWorkerOptions()

    for (name, path, message) in Self.sizes where self[keyPath: path] <= 0 {
      if self[keyPath: path] < 0 {
        reader.report(
          message ?? "\(name) cannot be negative", at: place(name), severity: .warning,
          hint: "the runtime uses \(defaults[keyPath: path])")
      }
      self[keyPath: path] = defaults[keyPath: path]
    }
    if maxConcurrentWorkflowTaskPollers == 1 {
      reader.report(
        "max concurrent workflow task pollers cannot be 1", at: place("max_concurrent_workflow_task_pollers"),
        hint: "one poller serves the queue and one the sticky queue, so write 2 or more")
    }
    for (name, path, message) in Self.rates where self[keyPath: path] < 0 {
      reader.report(message, at: place(name))
    }
    if disableWorkflowWorker, localActivityWorkerOnly {
      reader.report(
        "cannot disable workflow worker and use local activity worker only simultaneously",
        at: place("local_activity_worker_only"))
    }
    if stickyScheduleToStartTimeout == .zero {
      stickyScheduleToStartTimeout = defaults.stickyScheduleToStartTimeout
    }
    resolveBuildID(map, in: &reader)
  }

  /// Takes the build from `build_id_env` where `build_id` is empty; a variable that does not exist is no error.
  private mutating func resolveBuildID(_ map: ConfigurationMap, in reader: inout FieldReader) {
    guard buildID.isEmpty, !buildIDVariable.isEmpty, let field = map["build_id_env"] else { return }
    do {
      buildID = try reader.environment.value(named: buildIDVariable, from: reader.entry.namespace).revealed
    } catch {
      reader.report(
        "build_id_env names \(quoted(buildIDVariable)): \(error)", at: field.position, kind: error.kind,
        severity: .warning, hint: error.hint)
    }
  }
}
