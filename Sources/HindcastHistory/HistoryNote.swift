/// Something that the reader had to interpret, repair or leave out. A note is no fault of the history.
public struct HistoryNote: Sendable, Equatable {
  /// What happened.
  public enum Kind: String, Sendable, CaseIterable {
    /// A field that the messages do not have was left out.
    case unknownField
    /// An enum value that the messages do not have became `UNSPECIFIED`; `value` keeps its name.
    case unknownEnumName
    /// A key occurred twice in one object; the last one counts.
    case duplicateKey
    /// A payload in shorthand or decoded form was encoded again; its bytes need not be those that were recorded.
    case payloadReencoded
    /// An event that occurred twice, with the same content, was dropped.
    case repeatedEventDropped
    /// A history that occurred twice, with the same content, was dropped.
    case repeatedHistoryDropped
    /// Pages that were out of order were put in order.
    case pagesReordered
    /// The last page names a next page: events are missing at the end.
    case truncated
  }

  /// What happened.
  public var kind: Kind

  /// The ID of the event it happened in, if in one.
  public var eventID: Int64?

  /// The JSON pointer (RFC 6901) of the place in the source.
  public var pointer: String

  /// The original text of what could not be kept: the name of a field or of an enum value.
  public var value: String?

  /// How often it happened at places that differ from `pointer` only in array indices, this one included.
  public var count: Int

  /// Describes one thing that the reader did.
  public init(kind: Kind, eventID: Int64? = nil, pointer: String, value: String? = nil, count: Int = 1) {
    self.kind = kind
    self.eventID = eventID
    self.pointer = pointer
    self.value = value
    self.count = count
  }
}

extension HistoryNote: CustomStringConvertible {
  /// The note as a sentence for a report.
  public var description: String {
    let name = value.map { " “\($0)”" } ?? ""
    let what =
      switch kind {
      case .unknownField: "unknown field\(name) left out"
      case .unknownEnumName: "unknown enum value\(name) read as unspecified"
      case .duplicateKey: "key\(name) occurs twice; the last one counts"
      case .payloadReencoded:
        "payload written as plain JSON was encoded again; its bytes may differ from the recorded ones"
      case .repeatedEventDropped: "event repeated with the same content; the second one was dropped"
      case .repeatedHistoryDropped: "history repeated with the same content; the second one was dropped"
      case .pagesReordered: "pages were out of order and were put in order"
      case .truncated: "the last page names a next page, so events are missing at the end"
      }
    let times = count > 1 ? " (\(count) times)" : ""
    return pointer.isEmpty ? what + times : "\(pointer): \(what)\(times)"
  }
}
