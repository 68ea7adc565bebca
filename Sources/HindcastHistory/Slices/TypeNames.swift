public import TemporalAPI

extension EventType {
  /// The type as people write it, such as `ActivityTaskScheduled`; `UnknownEvent(61)` for one that this build does not know.
  public var displayName: String {
    if case .UNRECOGNIZED(let number) = self { return "UnknownEvent(\(number))" }
    return capitalised("\(self)")
  }
}

extension CommandType {
  /// The type as people write it, such as `ScheduleActivityTask`.
  public var displayName: String {
    if case .UNRECOGNIZED(let number) = self { return "UnknownCommand(\(number))" }
    return capitalised("\(self)")
  }
}

private func capitalised(_ name: String) -> String {
  name.prefix(1).uppercased() + name.dropFirst()
}
