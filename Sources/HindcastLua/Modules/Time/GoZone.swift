import Foundation

/// A place whose clocks a time is shown on: Go's `time.Location`.
enum GoZone: Hashable {
  case utc
  /// The zone of the machine that runs the worker.
  case local
  case named(TimeZone)
  case fixed(name: String, offset: Int)

  /// The zone's own name, as Go prints it.
  var name: String {
    switch self {
    case .utc: "UTC"
    case .local: "Local"
    case .named(let zone): zone.identifier
    case .fixed(let name, _): name
    }
  }

  /// Seconds east of Greenwich at a moment, and the abbreviation in use there.
  func offset(at seconds: Int64) -> (offset: Int, abbreviation: String) {
    switch self {
    case .utc: (0, "UTC")
    case .local: Self.offset(of: .current, at: seconds)
    case .named(let zone): Self.offset(of: zone, at: seconds)
    case .fixed(let name, let offset): (offset, name)
    }
  }

  private static func offset(of zone: TimeZone, at seconds: Int64) -> (offset: Int, abbreviation: String) {
    let moment = Date(timeIntervalSince1970: Double(seconds))
    let offset = zone.secondsFromGMT(for: moment)
    let abbreviation = zone.abbreviation(for: moment) ?? ""
    // Go takes names from the zone database, where a zone without letters of its own is called by its offset.
    guard abbreviation.hasPrefix("GMT"), abbreviation != "GMT" else {
      return (offset, offset == 0 && (abbreviation.isEmpty || zone.identifier == "UTC") ? "UTC" : abbreviation)
    }
    let minutes = abs(offset) / 60
    let hour = String(minutes / 60 + 100).dropFirst()
    let rest = minutes % 60 == 0 ? "" : String(String(minutes % 60 + 100).dropFirst())
    return (offset, (offset < 0 ? "-" : "+") + hour + rest)
  }

  /// The zone of a name in the zone database; `""` and `UTC` are UTC, `Local` is the worker's.
  init?(loading name: String) {
    switch name {
    case "", "UTC": self = .utc
    case "Local": self = .local
    default:
      guard !name.hasPrefix("/"), !name.contains(".."),
        TimeZone.knownTimeZoneIdentifiers.contains(name) || name.contains("/"),
        let zone = TimeZone(identifier: name)
      else { return nil }
      self = .named(zone)
    }
  }
}
