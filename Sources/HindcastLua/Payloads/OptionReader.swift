import HindcastCore
import HindcastRegistry
import SwiftProtobuf
import TemporalAPI

/// Reads options of activities and child workflows, which arrive as loosely typed maps; errors are upstream's texts
/// (spec/wippy.md 8.2, 8.6).
struct OptionReader {
  var options: [String: GoValue]

  /// The value of an option under its own name, or under a name that it had before.
  func value(_ key: String, aliases: [String]? = nil) -> GoValue? {
    if let value = options[key] { return value }
    for alias in aliases ?? ["temporal.\(key)"] {
      if let value = options[alias] { return value }
    }
    return nil
  }

  func string(_ key: String, aliases: [String]? = nil, allowsEmpty: Bool = true) throws(PayloadError) -> String? {
    guard let value = value(key, aliases: aliases) else { return nil }
    let text = try Self.string(value, key)
    if text.isEmpty && !allowsEmpty { throw PayloadError("\(key) cannot be empty") }
    return text
  }

  func bool(_ key: String) throws(PayloadError) -> Bool? {
    guard let value = value(key) else { return nil }
    guard let flag = value.bool else { throw PayloadError("\(key) must be a boolean, got \(value.typeName)") }
    return flag
  }

  /// In nanoseconds.
  func duration(_ key: String) throws(PayloadError) -> Google_Protobuf_Duration? {
    guard let value = value(key) else { return nil }
    return Google_Protobuf_Duration(nanoseconds: try Self.duration(value, key))
  }

  func map(_ key: String, aliases: [String]? = nil) throws(PayloadError) -> [String: GoValue]? {
    guard let value = value(key, aliases: aliases) else { return nil }
    return try Self.map(value, key)
  }

  /// An enum by number, or by its name with or without the protobuf prefix.
  func enumeration(_ key: String, prefix: String, _ names: [String: Int]) throws(PayloadError) -> Int? {
    guard let value = value(key) else { return nil }
    switch value {
    case .int(let number): return Int(Int32(truncatingIfNeeded: number))
    case .double(let number): return Int(Int32(truncatingIfNeeded: LuaNumber.float(number).truncated))
    case .string(let text):
      var name = text.uppercased().trimmingSpace().replacing("-", with: "_")
      if name.hasPrefix(prefix) { name.removeFirst(prefix.count) }
      guard let number = names[name.lowercased()] else {
        throw PayloadError("\(key) has invalid value \(goQuoted(text.utf8))")
      }
      return number
    default: throw PayloadError("\(key) must be enum string/int, got \(value.typeName)")
    }
  }

  /// Whether the worker's build is to be used: 1 and 3 say yes, 2 and 4 no; nil where nothing is said.
  func usesBuildID(_ key: String) throws(PayloadError) -> Bool? {
    guard let value = value(key) else { return nil }
    let number: Int64
    switch value {
    case .int(let value): number = value
    case .double(let value): number = LuaNumber.float(value).truncated
    case .string(let text):
      switch text.lowercased().trimmingSpace().replacing("-", with: "_") {
      case "unspecified", "compatible", "inherit_build_id", "inherit": number = 3
      case "default", "use_assignment_rules", "assignment_rules": number = 4
      default: throw PayloadError("\(key) has invalid value \(goQuoted(text.utf8))")
      }
    default: throw PayloadError("\(key) must be enum string/int, got \(value.typeName)")
    }
    switch number {
    case 1, 3: return true
    case 2, 4: return false
    default: return nil
    }
  }

  func retryPolicy(_ key: String) throws(PayloadError) -> Temporal_Api_Common_V1_RetryPolicy? {
    guard let value = value(key), value != .null else { return nil }
    let fields = try Self.map(value, key)
    var policy = Temporal_Api_Common_V1_RetryPolicy()
    if let value = Self.field("initial_interval", of: fields) {
      let interval = try Self.duration(value, "\(key).initial_interval")
      if interval > 0 { policy.initialInterval = Google_Protobuf_Duration(nanoseconds: interval) }
    }
    if let value = Self.field("backoff_coefficient", of: fields) {
      policy.backoffCoefficient = try Self.double(value, "\(key).backoff_coefficient")
    }
    if let value = Self.field("maximum_interval", of: fields) {
      let interval = try Self.duration(value, "\(key).maximum_interval")
      if interval > 0 { policy.maximumInterval = Google_Protobuf_Duration(nanoseconds: interval) }
    }
    if let value = Self.field("maximum_attempts", of: fields) {
      policy.maximumAttempts = Int32(truncatingIfNeeded: try Self.integer(value, "\(key).maximum_attempts"))
    }
    if let value = Self.field("non_retryable_error_types", of: fields) {
      policy.nonRetryableErrorTypes = try Self.strings(value, "\(key).non_retryable_error_types")
    }
    return policy
  }

  func priority(_ key: String) throws(PayloadError) -> Temporal_Api_Common_V1_Priority? {
    guard let value = value(key), value != .null else { return nil }
    let fields = try Self.map(value, key)
    var priority = Temporal_Api_Common_V1_Priority()
    if let value = Self.field("priority_key", of: fields) {
      priority.priorityKey = Int32(truncatingIfNeeded: try Self.integer(value, "\(key).priority_key"))
    }
    if let value = Self.field("fairness_key", of: fields) {
      priority.fairnessKey = try Self.string(value, "\(key).fairness_key")
    }
    if let value = Self.field("fairness_weight", of: fields) {
      priority.fairnessWeight = Float(try Self.double(value, "\(key).fairness_weight"))
    }
    return priority
  }

  // MARK: Values

  /// A member under its name, its name in camel case, or either in any case.
  static func field(_ name: String, of fields: [String: GoValue]) -> GoValue? {
    let words = name.split(separator: "_")
    let camel = words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    if let value = fields[name] ?? fields[camel] { return value }
    let wanted = [name, camel.lowercased()]
    return fields.sorted { $0.key < $1.key }.first { wanted.contains($0.key.lowercased()) }?.value
  }

  static func string(_ value: GoValue, _ key: String) throws(PayloadError) -> String {
    guard let text = value.string else { throw PayloadError("\(key) must be a string, got \(value.typeName)") }
    return text
  }

  static func map(_ value: GoValue, _ key: String) throws(PayloadError) -> [String: GoValue] {
    guard case .object(let fields) = value else {
      throw PayloadError("\(key) must be a table/map, got \(value.typeName)")
    }
    return fields
  }

  private static func double(_ value: GoValue, _ key: String) throws(PayloadError) -> Double {
    switch value {
    case .int(let number): return Double(number)
    case .double(let number): return number
    default: throw PayloadError("\(key) must be a number, got \(value.typeName)")
    }
  }

  private static func integer(_ value: GoValue, _ key: String) throws(PayloadError) -> Int64 {
    switch value {
    case .int(let number): return number
    case .double(let number):
      guard number == number.rounded(.towardZero) else {
        throw PayloadError("\(key) must be an integer number, got \(value.text)")
      }
      return LuaNumber.float(number).truncated
    default: throw PayloadError("\(key) must be an integer, got \(value.typeName)")
    }
  }

  private static func strings(_ value: GoValue, _ key: String) throws(PayloadError) -> [String] {
    switch value {
    case .string(let text): return [text]
    case .array(let items):
      var texts: [String] = []
      for item in items {
        guard let text = item.string else {
          throw PayloadError("\(key) must contain only strings, got \(item.typeName)")
        }
        texts.append(text)
      }
      return texts
    default: throw PayloadError("\(key) must be string or string array, got \(value.typeName)")
    }
  }

  /// A Go duration string, or a number of milliseconds.
  private static func duration(_ value: GoValue, _ key: String) throws(PayloadError) -> Int64 {
    switch value {
    case .string(let text):
      do throws(GoDurationError) {
        return try GoDuration.parse(text)
      } catch {
        throw PayloadError("\(key) must be a duration string (e.g. \"5s\"): \(error)")
      }
    case .int(let number): return number &* 1_000_000
    case .double(let number): return LuaNumber.float((number * 1e6).rounded(.toNearestOrAwayFromZero)).truncated
    default:
      throw PayloadError("\(key) must be a duration string or milliseconds number, got \(value.typeName)")
    }
  }
}

extension String {
  func trimmingSpace() -> String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
