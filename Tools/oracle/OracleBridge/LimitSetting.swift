import HindcastServer

extension Limits {
  /// The limits that a command line sets: `historyEvents=60`.
  ///
  /// - Throws: ``LimitSettingError`` for what is no setting of a limit.
  init(settings: [String]) throws {
    self.init()
    for setting in settings {
      let parts = setting.split(separator: "=").map(String.init)
      guard parts.count == 2, let value = Int(parts[1]) else { throw LimitSettingError(setting: setting) }
      if let limit = Self.counts[parts[0]] {
        self[keyPath: limit] = value
      } else if let limit = Self.largeCounts[parts[0]] {
        self[keyPath: limit] = Int64(value)
      } else if let limit = Self.smallCounts[parts[0]], let value = Int32(exactly: value) {
        self[keyPath: limit] = value
      } else {
        throw LimitSettingError(setting: setting)
      }
    }
  }

  private static let counts: [String: any WritableKeyPath<Limits, Int> & Sendable] = [
    "blobBytes": \.blobBytes,
    "memoBytes": \.memoBytes,
    "mutableStateBytes": \.mutableStateBytes,
    "pendingPerKind": \.pendingPerKind,
    "callbacks": \.callbacks,
    "bufferedEvents": \.bufferedEvents,
    "updatesInFlight": \.updatesInFlight,
    "searchAttributeKeys": \.searchAttributeKeys,
    "searchAttributeBytes": \.searchAttributeBytes,
  ]
  private static let largeCounts: [String: any WritableKeyPath<Limits, Int64> & Sendable] = [
    "historyEvents": \.historyEvents,
    "historyBytes": \.historyBytes,
    "suggestedHistoryEvents": \.suggestedHistoryEvents,
    "suggestedHistoryBytes": \.suggestedHistoryBytes,
    "signals": \.signals,
  ]
  private static let smallCounts: [String: any WritableKeyPath<Limits, Int32> & Sendable] = [
    "updatesPerRun": \.updatesPerRun
  ]
}

/// A word of the command line that sets no limit.
struct LimitSettingError: Error, CustomStringConvertible {
  let setting: String

  var description: String { "'\(setting)' does not set a limit" }
}
