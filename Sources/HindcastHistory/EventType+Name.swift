public import TemporalAPI

extension EventType {
  /// The type as reports name it: `ActivityTaskScheduled`, or `event type 99`.
  public var shortName: String {
    guard let name = Self.table?.pointee.name(of: rawValue) else { return "event type \(rawValue)" }
    let words = String(decoding: name, as: UTF8.self).split(separator: "_").dropFirst(2)
    return words.reduce(into: "") { $0 += $1.prefix(1) + $1.dropFirst().lowercased() }
  }

  /// The key of the attributes in JSON: `activityTaskScheduledEventAttributes`.
  var attributesKey: String {
    let name = shortName
    return name.prefix(1).lowercased() + name.dropFirst() + "EventAttributes"
  }

  private static var table: UnsafePointer<EnumTable>? {
    Schema.shared.table(named: HistoryEvent.protoMessageName).pointee.field(number: 3)?.pointee.values
  }
}
