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
///
/// A run has seven of these, most of which stay empty, and is copied for each transaction: a table is one reference.
struct RecordTable<Key: Hashable & Comparable & Sendable, Record: RunRecord>: Equatable, Sendable {
  private struct Content {
    var records: [Key: Record] = [:]
    var changed: Set<Key> = []
    var dueTimes = DueTimes<Key, Int64>()
    var keysByName: [String: Key] = [:]

    mutating func index(_ key: Key, from old: Record?, to new: Record?) {
      dueTimes.set(new?.nextDue, for: key)
      if let old, !old.name.isEmpty, keysByName[old.name] == key { keysByName[old.name] = nil }
      if let new, !new.name.isEmpty { keysByName[new.name] = key }
    }
  }

  /// What the table holds; nothing, or one.
  private var contents: [Content] = []

  private var content: Content {
    _read {
      if contents.isEmpty { yield Content() } else { yield contents[0] }
    }
    _modify {
      if contents.isEmpty { contents.append(Content()) }
      yield &contents[0]
    }
  }

  init(_ records: [Key: Record] = [:]) {
    if records.isEmpty { return }
    content.records = records
    for (key, record) in records.sorted(by: { $0.key < $1.key }) { content.index(key, from: nil, to: record) }
  }

  subscript(key: Key) -> Record? {
    get { content.records[key] }
    set {
      content.changed.insert(key)
      content.index(key, from: content.records[key], to: newValue)
      content.records[key] = newValue
    }
  }

  var records: [Key: Record] { content.records }
  var changed: Set<Key> { content.changed }
  var count: Int { content.records.count }
  var isEmpty: Bool { content.records.isEmpty }
  var values: Dictionary<Key, Record>.Values { content.records.values }

  /// The records in the order of their keys: the order of a dictionary differs between processes.
  var sorted: [Record] { content.records.sorted { $0.key < $1.key }.map(\.value) }

  /// When the earliest record is due; `nil` for never.
  var nextDue: Int64? { content.dueTimes.next }

  /// The key of the record with a name.
  func key(named name: String) -> Key? { content.keysByName[name] }

  /// Changes a record in place.
  ///
  /// - Returns: What `change` gives; `nil` if there is no such record.
  @discardableResult
  mutating func update<Value>(_ key: Key, _ change: (inout Record) throws -> Value) rethrows -> Value? {
    // Through the index so that the record is changed where it lies.
    guard let place = content.records.index(forKey: key) else { return nil }
    content.changed.insert(key)
    defer { content.dueTimes.set(content.records.values[place].nextDue, for: key) }
    return try change(&content.records.values[place])
  }

  /// Takes a record out.
  @discardableResult
  mutating func remove(_ key: Key) -> Record? {
    guard !isEmpty, let record = content.records.removeValue(forKey: key) else { return nil }
    content.changed.insert(key)
    content.index(key, from: record, to: nil)
    return record
  }

  mutating func removeAll() {
    for key in records.keys.sorted() { remove(key) }
  }

  /// Puts a record in that comes from the store.
  mutating func restore(_ record: Record, for key: Key) {
    content.index(key, from: content.records[key], to: record)
    content.records[key] = record
  }

  /// Forgets what changed: it was saved.
  mutating func markSaved() {
    if contents.isEmpty { return }
    if isEmpty { contents = [] } else { content.changed.removeAll(keepingCapacity: true) }
  }

  /// What is saved and what is not does not count: two tables with the same records are equal.
  static func == (left: Self, right: Self) -> Bool { left.content.records == right.content.records }
}
