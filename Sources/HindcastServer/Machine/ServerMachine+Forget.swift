internal import HindcastRecords
internal import TemporalAPI

extension ServerMachine {
  /// Takes a run out of the server, with its history and all that is kept of it.
  mutating func forget(_ runID: String, _ turn: inout Turn) {
    guard let execution = executions.removeValue(forKey: runID) else { return }
    turn.removeRecords(of: execution)
    turn.removeHistory(run: runID)
    dueTimes.set(nil, for: runID)
    busyRuns.remove(runID)
    runIDs[execution.key]?.removeAll { $0 == runID }
    if runIDs[execution.key]?.isEmpty == true { runIDs[execution.key] = nil }
    for call in historyWaiters.removeValue(forKey: runID) ?? [] {
      waiting[call] = nil
      turn.reply(call, error: .runNotFound)
    }
    guard currentRuns[execution.key] == runID else { return }
    currentRuns[execution.key] = nil
    turn.save(.currentRun, owner: execution.key.namespace, key: execution.key.workflowID, nil)
  }
}
