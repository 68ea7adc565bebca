internal import Foundation
internal import GRDB
internal import HindcastServer
internal import SwiftProtobuf
internal import TemporalAPI

/// A service's records in a SQLite database, in memory or in a file.
final class SQLiteStore: RecordStore {
  private let path: String
  private let database: any DatabaseWriter
  /// Held as long as the file is open.
  private let lock: FileLock?

  /// A database in memory, which goes with the store.
  convenience init() throws {
    try self.init(path: "memory", lock: nil) { try DatabaseQueue(configuration: $0) }
  }

  /// The database in a file, which is made if it is not there.
  ///
  /// - Throws: ``ServiceStoreError`` for a file that is not ours, of a newer version, damaged, or served by another.
  convenience init(path: String) throws {
    try self.init(path: path, lock: FileLock(for: path)) { try DatabasePool(path: path, configuration: $0) }
  }

  private init(
    path: String, lock: FileLock?, open: (Configuration) throws -> any DatabaseWriter
  ) throws {
    var configuration = Configuration()
    configuration.label = "Hindcast"
    configuration.maximumReaderCount = 1
    configuration.busyMode = .timeout(5)
    self.path = path
    self.lock = lock
    do {
      database = try open(configuration)
      try database.writeWithoutTransaction { try Self.checkOwner(of: $0, path) }
      try StoreSchema.migrator.migrate(database)
      // An answer is given when the write is on the disk, not when the system has promised to put it there. The tables come
      // to the disk with the first write at the latest: the log is written in order.
      try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    } catch {
      throw Self.typed(error, path)
    }
  }

  /// Refuses a file that another program made, or a newer version of this one; signs a new one.
  private static func checkOwner(of database: Database, _ path: String) throws {
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    if tables == 0 {
      // First of all, so that a file whose making was interrupted is known to be ours.
      try database.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)")
      return
    }
    guard try Int32.fetchOne(database, sql: "PRAGMA application_id") == StoreSchema.applicationID else {
      throw ServiceStoreError.notHindcast(path: path)
    }
    if try StoreSchema.migrator.hasBeenSuperseded(database) { throw ServiceStoreError.newerVersion(path: path) }
  }

  private static func typed(_ error: any Error, _ path: String) -> ServiceStoreError {
    switch error {
    case let error as ServiceStoreError: error
    case let error as DatabaseError
    where [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode):
      .corrupt(path: path, reason: error.message ?? "\(error.resultCode)")
    case let error as DatabaseError: .unusable(path: path, reason: error.message ?? "\(error.resultCode)")
    default: .unusable(path: path, reason: "\(error)")
    }
  }

  // MARK: Writing

  func commit(_ group: CommitGroup) async throws {
    do {
      try await database.write { try $0.store(group) }
    } catch {
      throw Self.typed(error, path)
    }
  }

  // MARK: Reading

  func readRecords(
    _ body: (RecordKind, _ owner: String, _ key: String, Data) throws -> Void
  ) throws -> StoredState? {
    do {
      // Not from the pool's reader: what another store wrote last must be seen.
      return try database.unsafeReentrantWrite { database in
        for layout in RecordLayout.all {
          let rows = try Row.fetchCursor(database, sql: layout.select)
          while let row = try rows.next() { try body(layout.kind, row[0], row[1], row[2]) }
        }
        let row = try Row.fetchOne(database, sql: "SELECT ids, now FROM server")
        return row.map { StoredState(ids: UInt64(bitPattern: $0[0]), now: $0[1]) }
      }
    } catch let error as BinaryDecodingError {
      throw ServiceStoreError.corrupt(path: path, reason: "a record cannot be read: \(error)")
    } catch {
      throw Self.typed(error, path)
    }
  }

  func batches(ofRun runID: String, from first: Int64, before end: Int64, limit: Int) throws -> [Data] {
    do {
      return try database.read { database in
        let statement = try database.cachedStatement(
          sql: """
            SELECT events FROM history_batches WHERE run_id = ? AND first_event_id >= ? AND first_event_id < ?
            ORDER BY first_event_id LIMIT ?
            """)
        return try Data.fetchAll(statement, arguments: [runID, first, end, limit])
      }
    } catch {
      throw Self.typed(error, path)
    }
  }

  /// Bounds the database, as a full disk would.
  func limitPages(to count: Int) throws {
    try database.writeWithoutTransaction { _ = try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(count)") }
  }

  func close() throws {
    do {
      try database.close()
      lock?.release()
    } catch {
      throw Self.typed(error, path)
    }
  }
}

extension Database {
  /// Writes a group within the transaction that is open.
  fileprivate func store(_ group: CommitGroup) throws {
    if !group.removedHistories.isEmpty {
      let remove = try cachedStatement(sql: "DELETE FROM history_batches WHERE run_id = ?")
      for runID in group.removedHistories { try remove.execute(arguments: [runID]) }
    }
    if !group.batches.isEmpty {
      let insert = try cachedStatement(
        sql: "INSERT INTO history_batches (run_id, first_event_id, events) VALUES (?, ?, ?)")
      for (runID, batch) in group.batches {
        guard let first = batch.events.first?.eventID else { continue }
        insert.setUncheckedArguments([runID, first, batch.encoded])
        try insert.execute()
      }
    }
    for (key, record) in group.records {
      guard let layout = RecordLayout.byKind[key.kind] else { continue }
      let names = layout.keyArguments(key)
      if let record {
        let upsert = try cachedStatement(sql: layout.upsert)
        let arguments = names + layout.values(record) + [try record.serializedData() as Data]
        upsert.setUncheckedArguments(StatementArguments(arguments))
        try upsert.execute()
      } else {
        let delete = try cachedStatement(sql: layout.delete)
        delete.setUncheckedArguments(StatementArguments(names))
        try delete.execute()
      }
    }
    let state = try cachedStatement(
      sql:
        "INSERT INTO server (id, ids, now) VALUES (1, ?, ?) ON CONFLICT DO UPDATE SET ids = excluded.ids, now = excluded.now"
    )
    state.setUncheckedArguments([Int64(bitPattern: group.state.ids), group.state.now])
    try state.execute()
  }
}
