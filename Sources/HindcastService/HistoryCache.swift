internal import Foundation
internal import HindcastCalls
internal import HindcastHistory
internal import HindcastServer
internal import TemporalAPI

/// The histories that were written or read last, decoded, in front of the store.
///
/// What is not stored yet is always here, so that a turn reads what those before it wrote although it may not be on the disk.
final class HistoryCache: HistoryArchive {
  fileprivate struct Entry {
    /// Batches up to the newest, from `firstEventID` on.
    var batches: [EventBatch] = []
    /// Where `batches` begins; what is before is in the store.
    var firstEventID: Int64
    /// The group of the last write to this history.
    var group: UInt64 = 0
    var bytes = 0
    var lastUse: UInt64 = 0
  }

  /// Whether nothing goes any more, because the store cannot take it.
  var keepsAll = false

  private let store: any RecordStore
  /// Encoded bytes above which histories go that nobody asked for lately.
  private let capacity: Int
  private var entries: [String: Entry] = [:]
  private var bytes = 0
  private var uses: UInt64 = 0
  /// The group that writes go to now, and the last one that is stored.
  private var group: UInt64 = 1
  private var storedGroup: UInt64 = 0

  init(store: any RecordStore, capacity: Int) {
    self.store = store
    self.capacity = capacity
  }

  // MARK: Writing

  /// Takes note of a write that is on its way to the store.
  func note(_ write: Write) {
    switch write {
    case .events(let batch, let runID):
      guard let first = batch.events.first?.eventID else { return }
      uses += 1
      bytes += batch.encoded.count
      // In place: a copy of the list of batches for each new one would make long histories slow.
      entries[runID, default: Entry(firstEventID: first)].append(batch, in: group, use: uses)
    case .removeHistory(let runID):
      bytes -= entries[runID]?.bytes ?? 0
      // Nothing of it may be read from the store, where it still is.
      entries[runID] = Entry(firstEventID: 1, group: group)
    case .record: break
    }
  }

  /// What is written from now on goes to a new group.
  ///
  /// - Returns: The group before.
  func beginGroup() -> UInt64 {
    group += 1
    return group - 1
  }

  /// All groups up to this one are stored.
  func noteStored(_ group: UInt64) {
    storedGroup = group
    guard bytes > capacity, !keepsAll else { return }
    // Down to half, so that it need not be done again soon.
    for (runID, entry) in entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) where entry.group <= storedGroup {
      entries[runID] = nil
      bytes -= entry.bytes
      if bytes <= capacity / 2 { return }
    }
  }

  /// Forgets everything: the store knows better.
  func removeAll() {
    entries = [:]
    bytes = 0
  }

  // MARK: Reading

  func batches(ofRun runID: String, from eventID: Int64, limit: Int) throws(ServiceError) -> [EventBatch] {
    try load(runID, from: eventID)
    return entries[runID].map { Array($0.batches.from(eventID).prefix(limit)) } ?? []
  }

  func batches(ofRun runID: String, before eventID: Int64, limit: Int) throws(ServiceError) -> [EventBatch] {
    try load(runID, from: 1)
    return entries[runID].map { Array($0.batches.before(eventID).prefix(limit)) } ?? []
  }

  /// Reads what is missing from the store.
  private func load(_ runID: String, from first: Int64) throws(ServiceError) {
    uses += 1
    entries[runID]?.lastUse = uses
    let known = entries[runID]?.firstEventID ?? .max
    guard known > 1, first < known else { return }
    do {
      let stored = try store.batches(ofRun: runID, from: 1, before: known, limit: -1)
      guard !stored.isEmpty else { return }
      let size = stored.reduce(0) { $0 + $1.count }
      let batches = try stored.map { try EventBatch(encoded: $0) }
      entries[runID, default: Entry(firstEventID: 1, lastUse: uses)].prepend(batches, size: size)
      bytes += size
    } catch {
      throw ServiceError(.unavailable, "the history cannot be read: \(error)")
    }
  }
}

extension HistoryCache.Entry {
  fileprivate mutating func append(_ batch: EventBatch, in group: UInt64, use: UInt64) {
    batches.append(batch)
    self.group = group
    bytes += batch.encoded.count
    lastUse = use
  }

  fileprivate mutating func prepend(_ older: [EventBatch], size: Int) {
    batches.insert(contentsOf: older, at: 0)
    firstEventID = 1
    bytes += size
  }
}
