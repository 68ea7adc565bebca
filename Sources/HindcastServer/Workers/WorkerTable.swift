internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias WorkerHeartbeat = Temporal_Api_Worker_V1_WorkerHeartbeat

/// What workers told of themselves last. It lives in memory only, and is forgotten when a worker is silent for long.
struct WorkerTable: Sendable {
  private struct Key: Hashable, Comparable {
    var namespace: String
    var instance: String

    static func < (left: Self, right: Self) -> Bool {
      (left.namespace, left.instance) < (right.namespace, right.instance)
    }
  }

  private struct Entry {
    var heartbeat: WorkerHeartbeat
    var time: Int64
  }

  /// How long a worker is remembered after its last word.
  private static let memory: Duration = .seconds(24 * 3_600)
  /// How many workers are remembered at most.
  private static let capacity = 10_000

  private var entries: [Key: Entry] = [:]

  mutating func record(_ heartbeat: WorkerHeartbeat, in namespace: String, at now: Int64) {
    entries[Key(namespace: namespace, instance: heartbeat.workerInstanceKey)] = Entry(heartbeat: heartbeat, time: now)
    if entries.count > Self.capacity,
      let oldest = entries.min(by: { ($0.value.time, $0.key) < ($1.value.time, $1.key) })
    {
      entries[oldest.key] = nil
    }
  }

  func heartbeat(of instance: String, in namespace: String, at now: Int64) -> WorkerHeartbeat? {
    guard let entry = entries[Key(namespace: namespace, instance: instance)], isFresh(entry, at: now) else {
      return nil
    }
    return entry.heartbeat
  }

  /// The workers of a namespace, by instance key.
  func heartbeats(in namespace: String, at now: Int64) -> [WorkerHeartbeat] {
    entries.filter { $0.key.namespace == namespace && isFresh($0.value, at: now) }
      .sorted { $0.key < $1.key }.map(\.value.heartbeat)
  }

  private func isFresh(_ entry: Entry, at now: Int64) -> Bool {
    entry.time >= now.addingClamped(-Self.memory.clampedNanoseconds)
  }
}
