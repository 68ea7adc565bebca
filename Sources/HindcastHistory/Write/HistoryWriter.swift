import SwiftProtobuf
public import TemporalAPI

/// Writes histories in the forms that the `temporal` CLI and the SDKs read.
///
/// Equal values give equal bytes, in every process.
public enum HistoryWriter {
  /// The history as `temporal workflow show --output json` exports it, indented by two spaces, with a line break at the end.
  ///
  /// Fields stand in the order of their numbers, map entries in the order of their keys. Fields that the messages do not have
  /// cannot be named in JSON; `protobuf(_:)` keeps them.
  public static func json(_ history: WorkflowHistory) -> [UInt8] {
    var visitor = MessageVisitor(sink: JSONText(isIndented: true))
    visitor.sink.beginObject()
    visitor.sink.key("events")
    visitor.sink.beginArray()
    for event in history.events { write(event, to: &visitor) }
    visitor.sink.endArray()
    visitor.sink.endObject()
    return visitor.sink.out + [UInt8(ascii: "\n")]
  }

  /// An event as it stands in a history.
  ///
  /// - Parameter indented: whether to write one line a value, or all in one line.
  public static func json(_ event: HistoryEvent, indented: Bool = true) -> String {
    text(of: event, indented)
  }

  /// A command in the same form as events.
  ///
  /// - Parameter indented: whether to write one line a value, or all in one line.
  public static func json(_ command: Command, indented: Bool = true) -> String {
    text(of: command, indented)
  }

  /// The history as a binary `temporal.api.history.v1.History`.
  public static func protobuf(_ history: WorkflowHistory) -> [UInt8] {
    let message = Temporal_Api_History_V1_History.with { $0.events = history.events }
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    // Only proto2 messages can lack a field that is required; there are none of these.
    return (try? message.serializedBytes(options: options)) ?? []
  }

  private static func text<M: Message>(of message: M, _ isIndented: Bool) -> String {
    var visitor = MessageVisitor(sink: JSONText(isIndented: isIndented))
    write(message, to: &visitor)
    return String(decoding: visitor.sink.out, as: UTF8.self)
  }

  private static func write<M: Message>(_ message: M, to visitor: inout MessageVisitor<JSONText>) {
    // The visitor throws nothing of its own; the protocol only allows it.
    try? visitor.visit(message)
  }
}
