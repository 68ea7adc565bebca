import XCTest

@testable import HindcastLua

/// Zone files made on the spot, so that tests depend on no zone database.
enum ZoneFixture {
  struct Period {
    var offset: Int32
    var abbreviation: String
    var isSummerTime = false
  }

  /// A file of version 2 with the given changes; its block for 32-bit readers is empty.
  static func file(_ periods: [Period], changes: [(second: Int64, period: UInt8)], rule: String) -> [UInt8] {
    func number(_ value: some FixedWidthInteger) -> [UInt8] { Digest.bigEndian(value) }
    func header(times: Int, types: Int, characters: Int) -> [UInt8] {
      Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + number(UInt32(0)) + number(UInt32(0)) + number(UInt32(0))
        + number(UInt32(times)) + number(UInt32(types)) + number(UInt32(characters))
    }
    var names: [UInt8] = []
    var types: [UInt8] = []
    for period in periods {
      types += number(period.offset) + [period.isSummerTime ? 1 : 0, UInt8(names.count)]
      names += Array(period.abbreviation.utf8) + [0]
    }
    return header(times: 0, types: 0, characters: 0)
      + header(times: changes.count, types: periods.count, characters: names.count)
      + changes.flatMap { number($0.second) } + changes.map(\.period) + types + names + Array("\n\(rule)\n".utf8)
  }

  /// A zone of central Europe: its own mean time until 1893, then what the rule says.
  static func zone(_ rule: String, name: String) throws -> GoZone {
    let periods = [
      Period(offset: 3_208, abbreviation: "LMT"), Period(offset: 3_600, abbreviation: "CET"),
      Period(offset: 7_200, abbreviation: "CEST", isSummerTime: true),
    ]
    let bytes = file(periods, changes: [(-2_422_054_408, 1)], rule: rule)
    return GoZone(name: name, table: try XCTUnwrap(ZoneTable(file: bytes)))
  }
}
