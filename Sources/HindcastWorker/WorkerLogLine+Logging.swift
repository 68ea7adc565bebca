public import Logging

extension Logger {
  /// A worker's log that goes to this logger: the fields of its lines are metadata.
  ///
  /// ```swift
  /// configuration.log = Logger(label: "orders").workerLog
  /// ```
  public var workerLog: WorkerLog {
    { line in
      log(
        level: line.level.logLevel, "\(line.message)",
        metadata: Metadata(line.uniqueFields.map { ($0.name, .string($0.value)) }) { first, _ in first })
    }
  }
}

extension WorkerLogLine {
  /// The fields, those whose name another one has already under a name of their own: `error`, `error_2`.
  package var uniqueFields: [Field] {
    var counts: [String: Int] = [:]
    return fields.map { field in
      let count = counts[field.name, default: 0] + 1
      counts[field.name] = count
      return count == 1 ? field : Field("\(field.name)_\(count)", field.value)
    }
  }
}

extension WorkerLogLine.Level {
  fileprivate var logLevel: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }
}
