import Foundation
import HindcastServer
import Synchronization

@testable import HindcastService

/// A store that fails when it is told to.
final class FailingStore: RecordStore {
  struct Failure: Error, CustomStringConvertible {
    let description = "the disk is full"
  }

  private struct State {
    /// How many commits fail from now on.
    var failures = 0
    var readsFail = false
    var commits = 0
    /// How many commits have begun.
    var begun = 0
    var isHeld = false
    var delay: Duration?
  }

  private let store: SQLiteStore
  private let state = Mutex(State())

  init() throws { store = try SQLiteStore() }

  func fail(commits: Int, reads: Bool = false) {
    state.withLock {
      $0.failures = commits
      $0.readsFail = reads
    }
  }

  /// Keeps commits from ending until they are let go.
  func hold(_ isHeld: Bool) { state.withLock { $0.isHeld = isHeld } }

  /// Lets each commit take so long.
  func delay(_ delay: Duration) { state.withLock { $0.delay = delay } }

  /// How many commits have begun; with those that are held.
  var begun: Int { state.withLock { $0.begun } }

  var commits: Int { state.withLock { $0.commits } }

  func commit(_ group: CommitGroup) async throws {
    state.withLock { $0.begun += 1 }
    while state.withLock({ $0.isHeld }) { try await Task.sleep(for: .milliseconds(1)) }
    if let delay = state.withLock({ $0.delay }) { try await Task.sleep(for: delay) }
    let fails = state.withLock {
      $0.commits += 1
      guard $0.failures > 0 else { return false }
      $0.failures -= 1
      return true
    }
    if fails { throw Failure() }
    try await store.commit(group)
  }

  func readRecords(_ body: (RecordKind, String, String, Data) throws -> Void) throws -> StoredState? {
    if state.withLock({ $0.readsFail }) { throw Failure() }
    return try store.readRecords(body)
  }

  func batches(ofRun runID: String, from first: Int64, before end: Int64, limit: Int) throws -> [Data] {
    if state.withLock({ $0.readsFail }) { throw Failure() }
    return try store.batches(ofRun: runID, from: first, before: end, limit: limit)
  }

  func close() throws { try store.close() }
}
