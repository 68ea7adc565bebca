import HindcastCore

/// Writes log lines of workflow code.
public struct WorkflowLogger: Sendable {
  let host: WorkflowHost

  /// Logs for developers.
  public func debug(
    _ message: String, _ fields: KeyValuePairs<String, Any> = [:], file: String = #fileID, line: Int = #line
  ) {
    log("debug", message, fields, file, line)
  }

  /// Logs what is normal.
  public func info(
    _ message: String, _ fields: KeyValuePairs<String, Any> = [:], file: String = #fileID, line: Int = #line
  ) {
    log("info", message, fields, file, line)
  }

  /// Logs what is worth a look.
  public func warn(
    _ message: String, _ fields: KeyValuePairs<String, Any> = [:], file: String = #fileID, line: Int = #line
  ) {
    log("warn", message, fields, file, line)
  }

  /// Logs what went wrong.
  public func error(
    _ message: String, _ fields: KeyValuePairs<String, Any> = [:], file: String = #fileID, line: Int = #line
  ) {
    log("error", message, fields, file, line)
  }

  private func log(
    _ level: String, _ message: String, _ fields: KeyValuePairs<String, Any>, _ file: String, _ line: Int
  ) {
    // Naming the values costs, so only for someone who listens.
    guard host.read(false, { $0.logger != nil }) else { return }
    let named = fields.map { ($0.key, "\($0.value)") }.sorted { $0.0 < $1.0 }
    host.log(level, message, named, at: SourceLocation(file: file, line: line))
  }
}

extension WorkflowHost {
  /// Passes a line on to whoever listens to the run.
  func log(_ level: String, _ message: String, _ fields: [(String, String)], at place: SourceLocation? = nil) {
    read(()) { environment in
      guard let logger = environment.logger else { return }
      let line = WorkflowLogLine(level: level, message: message, fields: fields, location: place ?? location)
      dispatcher.executor.unwatched { logger(line) }
    }
  }
}
