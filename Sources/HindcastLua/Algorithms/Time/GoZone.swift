import Foundation

/// A place whose clocks a time is shown on: Go's `time.Location`.
final class GoZone: Sendable {
  /// What Go calls it: `UTC`, `Local`, the name in the zone database, or the name that a fixed zone was given.
  let name: String
  private let table: ZoneTable

  init(name: String, table: ZoneTable) {
    self.name = name
    self.table = table
  }

  static let utc = GoZone(name: "UTC", table: ZoneTable(fixed: .utc))

  /// The zone of the computer this runs on, found as Go finds it: by the variable `TZ`, else in `/etc/localtime`.
  static let local = hostZone(ProcessInfo.processInfo.environment["TZ"])

  /// A zone that is always so many seconds east of UTC; offsets of more than some ten thousand years are cut.
  static func fixed(name: String, offset: Int) -> GoZone {
    let offset = min(max(offset, -1 << 40), 1 << 40)
    return GoZone(name: name, table: ZoneTable(fixed: LuaZone(offset: offset, name: name)))
  }

  /// The offset in use at a UTC second.
  func offset(at second: Int64) -> LuaZone { table.zone(at: second) }

  /// The offset that an abbreviation stands for here, if it is one of this zone's. Where it has meant several (as
  /// `EST` in Sydney has), the one in use at the time counts.
  /// - Parameter clock: what the clocks show, as seconds since 1970.
  func offset(named abbreviation: String, atClock clock: Int64) -> Int? {
    table.offset(named: abbreviation, atClock: clock)
  }
}

/// Why a zone cannot be loaded; Go's wording.
enum GoZoneError: Error, Hashable, CustomStringConvertible {
  /// The name could leave the zone database.
  case invalidName
  case unknown(String)
  case malformed

  var description: String {
    switch self {
    case .invalidName: "time: invalid location name"
    case .unknown(let name): "unknown time zone \(name)"
    case .malformed: "malformed time zone information"
    }
  }
}

extension GoZone {
  /// Where systems keep the zone database.
  private static let databases = [
    "/usr/share/zoneinfo/", "/usr/share/lib/zoneinfo/", "/usr/lib/locale/TZ/", "/etc/zoneinfo/",
  ]

  /// The zone of a name in the zone database; the empty name and `UTC` are UTC, `Local` is the computer's own.
  static func load(_ name: String) throws(GoZoneError) -> GoZone {
    switch name {
    case "", "UTC": return .utc
    case "Local": return .local
    default: break
    }
    guard !name.contains(".."), !name.hasPrefix("/"), !name.hasPrefix("\\"), !name.utf8.contains(0) else {
      throw .invalidName
    }
    for database in databases {
      if let bytes = FileManager.default.contents(atPath: database + name) {
        return GoZone(name: name, table: try table(of: bytes))
      }
    }
    throw .unknown(name)
  }

  /// The zone that the variable `TZ` asks for, where nil means that it is not set.
  static func hostZone(_ variable: String?) -> GoZone {
    guard var wanted = variable else {
      return zone(atPath: "/etc/localtime", name: "Local") ?? .utc
    }
    if wanted.hasPrefix(":") { wanted.removeFirst() }
    if wanted.hasPrefix("/") {
      return zone(atPath: wanted, name: wanted == "/etc/localtime" ? "Local" : wanted) ?? .utc
    }
    guard wanted != "Local" else { return .utc }
    do throws(GoZoneError) {
      return try load(wanted)
    } catch {
      return .utc
    }
  }

  private static func zone(atPath path: String, name: String) -> GoZone? {
    guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
    do throws(GoZoneError) {
      return GoZone(name: name, table: try table(of: bytes))
    } catch {
      return nil
    }
  }

  private static func table(of bytes: Data) throws(GoZoneError) -> ZoneTable {
    guard let table = ZoneTable(file: [UInt8](bytes)) else { throw .malformed }
    return table
  }
}
