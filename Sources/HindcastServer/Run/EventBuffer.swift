internal import HindcastHistory
internal import HindcastRecords
internal import TemporalAPI

/// The events of a run that wait for the end of the workflow task in flight, or of the transaction.
struct EventBuffer: Equatable, Sendable {
  private(set) var records: [BufferedEventRecord] = []
  /// How many bytes the events take on the wire.
  ///
  /// Each is measured once, when it comes: every transaction asks.
  private(set) var byteCount = 0

  var isEmpty: Bool { records.isEmpty }
  var count: Int { records.count }

  mutating func append(_ record: BufferedEventRecord) {
    records.append(record)
    byteCount += record.event.byteCount
  }

  /// Takes out the first event that is wanted.
  mutating func removeFirst(where isWanted: (HistoryEvent) -> Bool) -> HistoryEvent? {
    guard let index = records.firstIndex(where: { isWanted($0.event) }) else { return nil }
    let event = records.remove(at: index).event
    byteCount -= event.byteCount
    return event
  }

  /// Puts a stored event where it was.
  ///
  /// Rows come in any order; gaps are filled by the rows that are still to come. No buffer gets near the length that is taken.
  mutating func restore(_ record: BufferedEventRecord, at position: Int) {
    guard (0..<100_000).contains(position) else { return }
    while records.count <= position { records.append(BufferedEventRecord()) }
    byteCount += record.event.byteCount - records[position].event.byteCount
    records[position] = record
  }

  func contains(where isWanted: (HistoryEvent) -> Bool) -> Bool { records.contains { isWanted($0.event) } }
}
