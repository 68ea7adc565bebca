import SwiftProtobuf
import TemporalAPI

/// Writes histories in the forms that the `temporal` CLI and the SDKs read.
public enum HistoryWriter {
  /// The history as `temporal workflow show --output json` exports it: indented by two spaces, map keys sorted.
  ///
  /// Equal histories give equal bytes.
  public static func json(_ history: WorkflowHistory) -> [UInt8] {
    let message = Temporal_Api_History_V1_History.with { $0.events = history.events }
    return (try? message.jsonUTF8Bytes()) ?? []
  }

  /// The history as a binary `temporal.api.history.v1.History`.
  public static func protobuf(_ history: WorkflowHistory) -> [UInt8] {
    let message = Temporal_Api_History_V1_History.with { $0.events = history.events }
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    return (try? message.serializedBytes(options: options)) ?? []
  }
}
