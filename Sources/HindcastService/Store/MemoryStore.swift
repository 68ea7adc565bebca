internal import Foundation
internal import HindcastServer
internal import Synchronization

/// A SQLite database in memory that is made when the first group comes: most tests end before one does.
final class MemoryStore: RecordStore {
  private let store = Mutex<SQLiteStore?>(nil)

  func commit(_ group: CommitGroup) async throws {
    let store = try store.withLock { store in
      let present = try store ?? SQLiteStore()
      store = present
      return present
    }
    try await store.commit(group)
  }

  func readRecords(
    _ body: (RecordKind, _ owner: String, _ key: String, Data) throws -> Void
  ) throws -> StoredState? { try opened?.readRecords(body) }

  func batches(ofRun runID: String, from first: Int64, before end: Int64, limit: Int) throws -> [Data] {
    try opened?.batches(ofRun: runID, from: first, before: end, limit: limit) ?? []
  }

  func close() throws { try opened?.close() }

  private var opened: SQLiteStore? { store.withLock { $0 } }
}
