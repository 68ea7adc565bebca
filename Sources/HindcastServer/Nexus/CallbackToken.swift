internal import Foundation
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// Says whose operation a callback ends. Opaque to handlers, which hand it on to the run that they start.
struct CallbackToken: Sendable, Equatable {
  /// Where callbacks of this server go: into itself.
  static let systemURL = "temporal://system"
  /// The header of a callback that holds the token.
  static let headerName = "temporal-callback-token"

  var namespace: String
  var workflowID: String
  var runID: String
  var scheduledEventID: Int64
  var requestID: String

  init(_ operation: NexusOperationRecord, of execution: Execution) {
    namespace = execution.record.namespace
    workflowID = execution.record.workflowID
    runID = execution.runID
    scheduledEventID = operation.scheduledEventID
    requestID = operation.scheduled.requestID
  }

  /// Reads a token; `nil` for one that this server did not make.
  init?(_ text: String) {
    guard text.hasPrefix(Self.prefix), text.hasSuffix(Self.suffix),
      let data = Data(base64Encoded: String(text.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)))
    else { return nil }
    // The workflow id is last: it alone may hold the separator.
    let parts = String(decoding: data, as: UTF8.self).split(
      separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 5, let scheduledEventID = Int64(parts[1]) else { return nil }
    runID = String(parts[0])
    self.scheduledEventID = scheduledEventID
    requestID = String(parts[2])
    namespace = String(parts[3])
    workflowID = String(parts[4])
  }

  var text: String {
    let content = Data("\(runID)|\(scheduledEventID)|\(requestID)|\(namespace)|\(workflowID)".utf8)
    return Self.prefix + content.base64EncodedString() + Self.suffix
  }

  private static let prefix = #"{"v":1,"d":""#
  private static let suffix = #""}"#
}
