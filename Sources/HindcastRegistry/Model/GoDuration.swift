/// A span of time as Go writes it: `1h30m`, `250ms`, `-1.5s`, in whole nanoseconds.
///
/// Texts, limits and errors are those of Go's `time.ParseDuration` and `Duration.String`, on which Wippy's configuration
/// and its `time` module rest.
public struct GoDuration: Hashable, Sendable {
  /// The span in nanoseconds.
  public var nanoseconds: Int64

  /// Makes a duration of nanoseconds.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Reads a duration.
  public init(parsing text: String) throws(GoDurationError) { nanoseconds = try Self.parse(text) }

  /// No time at all.
  public static let zero = GoDuration(nanoseconds: 0)

  /// A number of whole seconds, for defaults.
  public static func seconds(_ seconds: Int64) -> GoDuration { GoDuration(nanoseconds: seconds * 1_000_000_000) }

  /// The same span in Swift's own type.
  public var duration: Duration { .nanoseconds(nanoseconds) }
}

extension GoDuration: Comparable {
  /// The shorter span comes first.
  public static func < (left: GoDuration, right: GoDuration) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension GoDuration: CustomStringConvertible {
  /// The span as Go prints it.
  public var description: String { Self.format(nanoseconds: nanoseconds) }
}

/// A text that is no duration; the description is Go's.
public enum GoDurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text does not read as a duration, or is longer than 292 years.
  case invalid(String)
  /// A number stands without a unit.
  case missingUnit(String)
  /// A unit is none of `ns`, `us`, `µs`, `ms`, `s`, `m`, `h`.
  case unknownUnit(String, in: String)

  /// Go's wording, for example `time: missing unit in duration "10"`.
  public var description: String {
    switch self {
    case .invalid(let text): "time: invalid duration \(goQuoted(text.utf8))"
    case .missingUnit(let text): "time: missing unit in duration \(goQuoted(text.utf8))"
    case .unknownUnit(let unit, let text):
      "time: unknown unit \(goQuoted(unit.utf8)) in duration \(goQuoted(text.utf8))"
    }
  }
}
