internal import Foundation
internal import HindcastServer
internal import SwiftProtobuf

/// Where a service keeps what its server writes.
///
/// ``SQLiteStore`` is the one; tests put others in front of it that fail.
protocol RecordStore: Sendable {
  /// Stores a group: all of it or nothing.
  ///
  /// - Throws: ``ServiceStoreError`` when it could not be stored.
  func commit(_ group: CommitGroup) async throws

  /// Reads all records, in no particular order.
  ///
  /// - Returns: Where the server stood; `nil` from a store that is new.
  func readRecords(_ body: (RecordKind, _ owner: String, _ key: String, Data) throws -> Void) throws -> StoredState?

  /// Reads batches of a run's history that begin at or after one event and before another, in order.
  func batches(ofRun runID: String, from first: Int64, before end: Int64, limit: Int) throws -> [Data]

  /// Lets go of the database.
  func close() throws
}

/// Where a server stood when it stored something.
struct StoredState: Sendable, Equatable {
  /// Of its ids.
  var ids: UInt64
  /// On its clock, in nanoseconds since 1970.
  var now: Int64
}

/// What several turns wrote, to be stored together.
///
/// A record that was changed more than once is stored once, as it was last.
struct CommitGroup: Sendable {
  /// Names a record in the store.
  struct RecordKey: Hashable, Sendable {
    var kind: RecordKind
    var owner: String
    var key: String
  }

  /// Where the server stands after the last of the turns.
  var state = StoredState(ids: 0, now: 0)
  /// The records that are new or changed, and those that go (`nil`).
  private(set) var records: [RecordKey: (any Message)?] = [:]
  /// New batches of histories, in order.
  private(set) var batches: [(runID: String, batch: EventBatch)] = []
  /// The runs whose histories go, before the batches are added.
  private(set) var removedHistories: Set<String> = []

  var isEmpty: Bool { records.isEmpty && batches.isEmpty && removedHistories.isEmpty }

  /// The size of the batches, encoded, and of those that came and went.
  private(set) var historyBytes = 0

  mutating func add(_ write: Write) {
    switch write {
    case .events(let batch, let runID):
      batches.append((runID, batch))
      historyBytes += batch.encoded.count
    case .removeHistory(let runID):
      batches.removeAll { $0.runID == runID }
      removedHistories.insert(runID)
    case .record(let kind, let owner, let key, let record):
      records[RecordKey(kind: kind, owner: owner, key: key)] = .some(record)
    }
  }
}
