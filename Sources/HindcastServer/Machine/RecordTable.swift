/// Records under keys, which remembers what changed since it was last saved.
struct RecordTable<Key: Hashable & Comparable & Sendable, Record: Equatable & Sendable>: Equatable, Sendable {
  private(set) var records: [Key: Record]
  private(set) var changed: Set<Key> = []

  init(_ records: [Key: Record] = [:]) { self.records = records }

  subscript(key: Key) -> Record? {
    get { records[key] }
    set {
      changed.insert(key)
      records[key] = newValue
    }
  }

  var count: Int { records.count }
  var isEmpty: Bool { records.isEmpty }
  var values: Dictionary<Key, Record>.Values { records.values }

  /// The records in the order of their keys: the order of a dictionary differs between processes.
  var sorted: [Record] { records.sorted { $0.key < $1.key }.map(\.value) }

  /// Changes a record in place.
  ///
  /// - Returns: What `change` gives; `nil` if there is no such record.
  @discardableResult
  mutating func update<Value>(_ key: Key, _ change: (inout Record) throws -> Value) rethrows -> Value? {
    guard records[key] != nil else { return nil }
    changed.insert(key)
    // Through the index so that the record is changed where it lies.
    guard let index = records.index(forKey: key) else { return nil }
    return try change(&records.values[index])
  }

  /// Takes a record out.
  @discardableResult
  mutating func remove(_ key: Key) -> Record? {
    guard let record = records.removeValue(forKey: key) else { return nil }
    changed.insert(key)
    return record
  }

  mutating func removeAll() {
    changed.formUnion(records.keys)
    records.removeAll()
  }

  /// Puts a record in that comes from the store.
  mutating func restore(_ record: Record, for key: Key) { records[key] = record }

  /// Forgets what changed: it was saved.
  mutating func markSaved() { changed.removeAll(keepingCapacity: true) }

  /// What is saved and what is not does not count: two tables with the same records are equal.
  static func == (left: Self, right: Self) -> Bool { left.records == right.records }
}
