/// The activity options that a function's `meta.options` may hold, with the values they take.
///
/// The runtime ignores keys it does not know, and reports a wrong value when the function is called, so everything here
/// is a warning.
enum ActivityOptionKeys {
  private enum Value: String {
    case string = "a string"
    case bool = "true or false"
    case duration = "a duration string or a number of milliseconds"
    case map = "a map"
    case word = "a string or an integer"

    func fits(_ value: ConfigurationValue) -> Bool {
      switch self {
      case .string: value.string != nil
      case .bool: value.bool != nil
      case .duration: value.number != nil || value.string.map { (try? GoDuration.parse($0)) != nil } ?? false
      case .map: value.map != nil
      case .word: value.string != nil || value.int != nil
      }
    }
  }

  private static let known: [(name: String, value: Value)] = [
    ("activity.id", .string), ("activity.task_queue", .string),
    ("activity.schedule_to_close_timeout", .duration), ("activity.schedule_to_start_timeout", .duration),
    ("activity.start_to_close_timeout", .duration), ("activity.heartbeat_timeout", .duration),
    ("activity.wait_for_cancellation", .bool), ("activity.disable_eager_execution", .bool),
    ("activity.retry_policy", .map), ("activity.versioning_intent", .word),
    ("activity.summary", .string), ("activity.priority", .map),
  ]

  /// The prefix of the older spelling of every key.
  private static let legacyPrefix = "temporal."

  static func check(_ meta: ConfigurationMap, in reader: inout FieldReader) {
    guard let options = meta["options"]?.map else { return }
    for field in options.fields {
      let isLegacy = field.name.hasPrefix(legacyPrefix)
      let name = isLegacy ? String(field.name.dropFirst(legacyPrefix.count)) : field.name
      if let option = known.first(where: { $0.name == name }) {
        if !option.value.fits(field.value) {
          reader.report(
            "meta.options '\(field.name)' must be \(option.value.rawValue), got \(field.value)",
            at: field.value.position, severity: .warning)
        }
      } else if let near = nearest(to: name, among: known.map(\.name)) {
        reader.report(
          "meta.options '\(field.name)' is no activity option and is ignored", at: field.position, severity: .warning,
          hint: "did you mean '\(isLegacy ? legacyPrefix : "")\(near)'?")
      }
    }
  }
}
