import Foundation
import GRDB
import HindcastServer
import HindcastTestSupport
import XCTest

@testable import HindcastService

/// Databases of earlier versions become like those of this one and lose nothing.
final class MigrationTests: XCTestCase {
  /// Makes a database as a version wrote it, with the rows that another has in the tables that both have.
  private func makeDatabase(_ path: String, ofVersion version: String, rowsOf source: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)") }
    try StoreSchema.migrator.migrate(queue, upTo: version)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "ATTACH ? AS source", arguments: [source])
      for table in try Self.tables(database) where table != "task_queues" {
        let columns = try database.columns(in: table).map(\.name).joined(separator: ", ")
        try database.execute(sql: "INSERT INTO main.\(table) (\(columns)) SELECT \(columns) FROM source.\(table)")
      }
      try database.execute(sql: "DETACH source")
    }
    try queue.close()
  }

  private static func tables(_ database: Database) throws -> [String] {
    try String.fetchAll(
      database, sql: "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'grdb%' ORDER BY name")
  }

  private func schema(_ path: String) throws -> [String] {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read {
      try String.fetchAll($0, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    }
  }

  func testEachEarlierVersionIsBroughtUpToDate() async throws {
    let folder = try TemporaryFolder()
    let newest = folder["newest.db"]
    let clock = ServiceConfiguration.Clock.virtual(start: virtualStart)
    let service = try TemporalService(.init(storage: .file(newest), clock: clock))
    try await service.start("w")
    try await service.complete(service.pollTask(), .timer("t", .seconds(60)))
    try await service.signal("w", requestID: "r")
    let live = await service.state
    let events = try await service.events("w")
    try await service.close()

    let versions = StoreSchema.migrator.migrations
    XCTAssertEqual(versions.first, "1 tables", "a version that was released is still known")
    for version in versions.dropLast() {
      let path = folder["\(version).db"]
      try makeDatabase(path, ofVersion: version, rowsOf: newest)
      XCTAssertNotEqual(try schema(path), try schema(newest), version)
      let reopened = try TemporalService(.init(storage: .file(path), clock: clock))
      let restored = await reopened.state
      let differences = Restoration(of: live, as: restored).differences
      // Who polled a queue is not known to version 1.
      XCTAssertEqual(differences.filter { !$0.hasPrefix("pollers") }, [], version)
      let migrated = try await reopened.events("w")
      XCTAssertEqual(migrated, events, version)
      try await reopened.complete(reopened.pollTask(), .completion)
      try await reopened.close()
      XCTAssertEqual(try schema(path), try schema(newest), version)
    }
  }
}
