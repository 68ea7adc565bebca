internal import HindcastRecords

/// A record of which a run has many.
protocol RunRecord: Equatable, Sendable {
  /// When it has something to do, on the run's clock; `nil` for never.
  var nextDue: Int64? { get }
  /// The name that workflows and people know it by, where that is not its key; empty for none.
  var name: String { get }
}

extension RunRecord {
  var nextDue: Int64? { nil }
  var name: String { "" }
}

extension ActivityRecord: RunRecord {}
extension TimerRecord: RunRecord {}
extension ChildRecord: RunRecord {}
extension ExternalRecord: RunRecord {}
extension UpdateRecord: RunRecord {}
extension NexusOperationRecord: RunRecord {}
extension RequestRecord: RunRecord {}

/// Records under keys, which remembers what changed since it was last saved, and finds by name and by due time.
struct RecordTable<Key: Hashable & Comparable & Sendable, Record: RunRecord>: Equatable, Sendable {
  private(set) var records: [Key: Record] = [:]
  private(set) var changed: Set<Key> = []
  private var dueTimes = DueTimes<Key, Int64>()
  private var keysByName: [String: Key] = [:]

  init(_ records: [Key: Record] = [:]) {
    self.records = records
    for (key, record) in records.sorted(by: { $0.key < $1.key }) { index(key, from: nil, to: record) }
  }

  subscript(key: Key) -> Record? {
    get { records[key] }
    set {
      changed.insert(key)
      index(key, from: records[key], to: newValue)
      records[key] = newValue
    }
  }

  var count: Int { records.count }
  var isEmpty: Bool { records.isEmpty }
  var values: Dictionary<Key, Record>.Values { records.values }

  /// The records in the order of their keys: the order of a dictionary differs between processes.
  var sorted: [Record] { records.sorted { $0.key < $1.key }.map(\.value) }

  /// When the earliest record is due; `nil` for never.
  var nextDue: Int64? { dueTimes.next }

  /// The key of the record with a name.
  func key(named name: String) -> Key? { keysByName[name] }

  /// Changes a record in place.
  ///
  /// - Returns: What `change` gives; `nil` if there is no such record.
  @discardableResult
  mutating func update<Value>(_ key: Key, _ change: (inout Record) throws -> Value) rethrows -> Value? {
    // Through the index so that the record is changed where it lies.
    guard let place = records.index(forKey: key) else { return nil }
    changed.insert(key)
    defer { dueTimes.set(records.values[place].nextDue, for: key) }
    return try change(&records.values[place])
  }

  /// Takes a record out.
  @discardableResult
  mutating func remove(_ key: Key) -> Record? {
    guard let record = records.removeValue(forKey: key) else { return nil }
    changed.insert(key)
    index(key, from: record, to: nil)
    return record
  }

  mutating func removeAll() {
    for key in records.keys.sorted() { remove(key) }
  }

  /// Puts a record in that comes from the store.
  mutating func restore(_ record: Record, for key: Key) {
    index(key, from: records[key], to: record)
    records[key] = record
  }

  /// Forgets what changed: it was saved.
  mutating func markSaved() { changed.removeAll(keepingCapacity: true) }

  private mutating func index(_ key: Key, from old: Record?, to new: Record?) {
    dueTimes.set(new?.nextDue, for: key)
    if let old, !old.name.isEmpty, keysByName[old.name] == key { keysByName[old.name] = nil }
    if let new, !new.name.isEmpty { keysByName[new.name] = key }
  }

  /// What is saved and what is not does not count: two tables with the same records are equal.
  static func == (left: Self, right: Self) -> Bool { left.records == right.records }
}
