internal import Foundation
internal import HindcastCalls
internal import HindcastRecords

/// Where a run stands in lists: running ones first, what closed or started last first (`server.md` 14.3).
struct VisibilityPosition: Comparable, Sendable {
  /// The end of time for a running one.
  var closeTime: Int64
  var startTime: Int64
  var runID: String

  init(_ execution: Execution) {
    closeTime = execution.isRunning ? .max : execution.record.closeTime
    startTime = execution.record.startTime
    runID = execution.runID
  }

  static func < (left: Self, right: Self) -> Bool {
    if left.closeTime != right.closeTime { return left.closeTime > right.closeTime }
    if left.startTime != right.startTime { return left.startTime > right.startTime }
    return left.runID < right.runID
  }
}

extension VisibilityPosition {
  /// What a list's caller goes on with; opaque to clients.
  var token: Data { Data("v1|\(closeTime)|\(startTime)|\(runID)".utf8) }

  /// The last position that a caller has seen; `nil` for a caller that begins.
  ///
  /// - Throws: INVALID_ARGUMENT for a token that no server made.
  static func position(of token: Data) throws(ServiceError) -> VisibilityPosition? {
    if token.isEmpty { return nil }
    let parts = String(decoding: token, as: UTF8.self).split(separator: "|", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "v1", let closeTime = Int64(parts[1]), let startTime = Int64(parts[2]) else {
      throw .invalidArgument("Invalid NextPageToken.")
    }
    return VisibilityPosition(closeTime: closeTime, startTime: startTime, runID: String(parts[3]))
  }

  private init(closeTime: Int64, startTime: Int64, runID: String) {
    self.closeTime = closeTime
    self.startTime = startTime
    self.runID = runID
  }
}
