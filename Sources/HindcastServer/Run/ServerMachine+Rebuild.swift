internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import TemporalAPI

/// What came of rebuilding runs from their histories.
public struct RebuildCheck: Sendable, Equatable {
  /// How many runs were rebuilt.
  public var runs = 0
  /// Where rebuilt runs differ from the live ones; each begins with the workflow id and the run id.
  public var differences: [String] = []
}

extension ServerMachine {
  /// Rebuilds runs from their stored histories and compares them with the live ones.
  ///
  /// A run is a fold over its events, so they must be equal in everything that a history tells.
  ///
  /// - Parameters:
  ///   - archive: Reads what was stored.
  ///   - onlyRunning: Passes over closed runs.
  public func rebuildRuns(reading archive: any HistoryArchive, onlyRunning: Bool = false) -> RebuildCheck {
    rebuildRuns(executions.keys.filter { executions[$0]?.isRunning == true || !onlyRunning }, reading: archive)
  }

  /// Rebuilds some runs from their stored histories and compares them with the live ones.
  func rebuildRuns(_ runIDs: some Sequence<String>, reading archive: any HistoryArchive) -> RebuildCheck {
    var check = RebuildCheck()
    for live in runIDs.sorted().compactMap({ executions[$0] }) {
      check.runs += 1
      check.differences += rebuildDifferences(of: live, reading: archive).map {
        "\(live.record.workflowID) \(live.runID): \($0)"
      }
    }
    return check
  }

  private func rebuildDifferences(of live: Execution, reading archive: any HistoryArchive) -> [String] {
    let batches: [EventBatch]
    do throws(ServiceError) {
      batches = try archive.batches(ofRun: live.runID, from: 1, limit: .max)
    } catch {
      return ["the history cannot be read: \(error.message)"]
    }
    let events = batches.joined()
    guard var rebuilt = Execution(rebuiltFrom: events, namespace: live.record.namespace, runID: live.runID) else {
      return ["the history does not begin with the start"]
    }
    for buffered in live.buffer.records { rebuilt.apply(buffered.event) }
    rebuilt.record.historySizeBytes = Int64(batches.reduce(0) { $0 + $1.eventBytes })
    let isNumbered = events.map(\.eventID) == Array(1...Int64(events.count))
    return (isNumbered ? [] : ["the events are not numbered from 1"]) + rebuilt.differences(from: live)
  }
}
