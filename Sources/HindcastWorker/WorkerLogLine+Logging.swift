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
        metadata: Metadata(line.uniqueFields().map { ($0.name, .string($0.value)) }) { first, _ in first })
    }
  }
}

extension WorkerLogLine {
  /// The fields, those whose name is taken under a name of their own: `error`, `error_2`.
  ///
  /// - Parameter taken: Names that others have already.
  package func uniqueFields(besides taken: [String] = []) -> [Field] {
    var names = Set(taken)
    return fields.map { field in
      var name = field.name
      var number = 1
      while !names.insert(name).inserted {
        number += 1
        name = "\(field.name)_\(number)"
      }
      return Field(name, field.value)
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
