import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI

/// The commands of a replay, one hash each, for telling whether two replays of one history did the same.
public struct CommandDigest: Sendable, Hashable {
  /// One hash a command, in order; equal commands have equal hashes in every process.
  public private(set) var hashes: [UInt64] = []
  /// Where each command was issued.
  public private(set) var locations: [SourceLocation?] = []

  /// Makes an empty digest.
  public init() {}

  /// The position of the first command that differs from another digest's, or nil where both are the same.
  public func firstDifference(from other: CommandDigest) -> Int? {
    let common = min(hashes.count, other.hashes.count)
    for index in 0..<common where hashes[index] != other.hashes[index] { return index }
    return hashes.count == other.hashes.count ? nil : common
  }

  mutating func add(_ issued: IssuedCommand) {
    var hasher = StableHasher()
    hasher.add(issued.command)
    hashes.append(hasher.value)
    locations.append(issued.location)
  }
}

/// FNV-1a: Swift's own hasher is seeded anew in every process.
struct StableHasher {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  mutating func add(_ number: Int64) {
    value = (value ^ UInt64(bitPattern: number)) &* 0x100_0000_01b3
    value ^= value >> 29
  }

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0xff as UInt8)
  }

  mutating func add(_ data: Data) {
    data.withUnsafeBytes { bytes in for byte in bytes { add(byte) } }
    add(Int64(data.count))
  }

  mutating func add(_ payloads: Payloads) {
    for payload in payloads.payloads { add(payload) }
    add(Int64(payloads.payloads.count))
  }

  mutating func add(_ payload: Payload) {
    add(payload.data)
    if let encoding = payload.metadata["encoding"] { add(encoding) }
  }

  mutating func add(_ map: [String: Payload]) {
    for key in map.keys.sorted() {
      add(key)
      if let payload = map[key] { add(payload) }
    }
  }

  mutating func add(_ duration: Google_Protobuf_Duration) {
    add(duration.seconds)
    add(Int64(duration.nanos))
  }

  mutating func add(_ command: Command) {
    add(Int64(command.commandType.rawValue))
    switch command.attributes {
    case .scheduleActivityTaskCommandAttributes(let a)?:
      add(a.activityID)
      add(a.activityType.name)
      add(a.taskQueue.name)
      add(a.input)
      add(a.header.fields)
    case .requestCancelActivityTaskCommandAttributes(let a)?: add(a.scheduledEventID)
    case .startTimerCommandAttributes(let a)?:
      add(a.timerID)
      add(a.startToFireTimeout)
    case .cancelTimerCommandAttributes(let a)?: add(a.timerID)
    case .startChildWorkflowExecutionCommandAttributes(let a)?:
      add(a.workflowID)
      add(a.workflowType.name)
      add(a.taskQueue.name)
      add(a.input)
      add(a.header.fields)
    case .signalExternalWorkflowExecutionCommandAttributes(let a)?:
      add(a.execution.workflowID)
      add(a.signalName)
      add(a.input)
    case .requestCancelExternalWorkflowExecutionCommandAttributes(let a)?: add(a.workflowID)
    case .recordMarkerCommandAttributes(let a)?:
      add(a.markerName)
      for key in a.details.keys.sorted() {
        add(key)
        if let payloads = a.details[key] { add(payloads) }
      }
    case .upsertWorkflowSearchAttributesCommandAttributes(let a)?: add(a.searchAttributes.indexedFields)
    case .modifyWorkflowPropertiesCommandAttributes(let a)?: add(a.upsertedMemo.fields)
    case .completeWorkflowExecutionCommandAttributes(let a)?: add(a.result)
    case .failWorkflowExecutionCommandAttributes(let a)?: add(a.failure.message)
    case .continueAsNewWorkflowExecutionCommandAttributes(let a)?:
      add(a.workflowType.name)
      add(a.input)
    case .protocolMessageCommandAttributes(let a)?: add(a.messageID)
    default: break
    }
  }
}
