internal import HindcastRecords
internal import SwiftProtobuf

extension Turn {
  /// Saves what a transaction changed of a run.
  mutating func saveChanges(of execution: inout Execution, before: Execution?) {
    let runID = execution.runID
    if execution.record != before?.record { save(.execution, owner: runID, key: "", execution.record) }
    saveChanges(of: &execution.activities, .activity, runID)
    saveChanges(of: &execution.timers, .timer, runID)
    saveChanges(of: &execution.children, .child, runID)
    saveChanges(of: &execution.externals, .external, runID)
    saveChanges(of: &execution.updates, .update, runID)
    saveChanges(of: &execution.nexusOperations, .nexusOperation, runID)
    saveChanges(of: &execution.requests, .request, runID)
    let buffered = before?.buffer.records ?? []
    let records = execution.buffer.records
    if records != buffered {
      for (position, event) in records.enumerated()
      where position >= buffered.count || buffered[position] != event {
        save(.bufferedEvent, owner: runID, key: "\(position)", event)
      }
      for position in records.count..<max(records.count, buffered.count) {
        save(.bufferedEvent, owner: runID, key: "\(position)", nil)
      }
    }
  }

  /// Removes all records of a run.
  mutating func removeRecords(of execution: Execution) {
    let runID = execution.runID
    save(.execution, owner: runID, key: "", nil)
    removeRecords(of: execution.activities, .activity, runID)
    removeRecords(of: execution.timers, .timer, runID)
    removeRecords(of: execution.children, .child, runID)
    removeRecords(of: execution.externals, .external, runID)
    removeRecords(of: execution.updates, .update, runID)
    removeRecords(of: execution.nexusOperations, .nexusOperation, runID)
    removeRecords(of: execution.requests, .request, runID)
    for position in execution.buffer.records.indices { save(.bufferedEvent, owner: runID, key: "\(position)", nil) }
  }

  private mutating func removeRecords<Key: CustomStringConvertible, Record>(
    of table: RecordTable<Key, Record>, _ kind: RecordKind, _ owner: String
  ) {
    for key in table.records.keys.sorted() { save(kind, owner: owner, key: key.description, nil) }
  }

  private mutating func saveChanges<Key: CustomStringConvertible, Record: Message>(
    of table: inout RecordTable<Key, Record>, _ kind: RecordKind, _ owner: String
  ) {
    guard !table.changed.isEmpty else { return }
    for key in table.changed.sorted() { save(kind, owner: owner, key: key.description, table[key]) }
    table.markSaved()
  }
}
