import TemporalAPI

extension EventType {
  /// The key of the attributes in JSON: `activityTaskScheduledEventAttributes`.
  var attributesKey: String {
    let name = displayName
    return name.prefix(1).lowercased() + name.dropFirst() + "EventAttributes"
  }
}
