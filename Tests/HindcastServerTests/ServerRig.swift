import Foundation
import HindcastCalls
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// A server with a memory for a store and a clock that stands still: one call, one turn.
///
/// Every other call takes histories encoded; to tests the answers look the same.
struct ServerRig {
  var machine: ServerMachine
  var now = ServerTime(nanoseconds: 1_700_000_000 * 1_000_000_000)
  /// Answers that came to calls which waited.
  var answers: [CallID: Result<any Message, ServiceError>] = [:]
  /// Sees every turn.
  var watch: ((Turn) -> Void)?
  private(set) var archive = MemoryArchive()
  private var lastCall: UInt64 = 0

  init(seed: UInt64 = 1, limits: Limits = Limits()) { machine = ServerMachine(seed: seed, limits: limits) }

  /// Makes a call that is answered at once.
  @discardableResult
  mutating func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, clientName: String = "", clientVersion: String = ""
  ) throws -> Response {
    let id = begin(MethodName(method), request, clientName: clientName, clientVersion: clientVersion)
    guard let answer = answers.removeValue(forKey: id) else {
      throw RigError("\(method.name) waits")
    }
    // Not unwrapped together: a refusal is an error to the test only if the test does not expect it.
    let response = try answer.get()
    return try XCTUnwrap(response as? Response)
  }

  /// Makes a call that may wait; its answer is found under the id.
  mutating func begin<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, clientName: String = ""
  ) -> CallID {
    begin(MethodName(method), request, clientName: clientName)
  }

  /// Makes a call of a method that is known by its name only.
  mutating func begin(
    _ method: MethodName, _ request: any Message, clientName: String = "", clientVersion: String = ""
  ) -> CallID {
    lastCall += 1
    let call = Call(
      id: CallID(lastCall), clientName: clientName, clientVersion: clientVersion,
      historyForm: lastCall.isMultiple(of: 2) ? .encoded : .events)
    take(machine.handle(request, of: method, as: call, at: now, reading: archive))
    return call.id
  }

  /// The answer to a call that waited.
  mutating func answer<Request: Message, Response: Message>(
    _ id: CallID, of method: ServiceMethod<Request, Response>
  ) throws -> Response? {
    guard let answer = answers.removeValue(forKey: id) else { return nil }
    // Not unwrapped together: a refusal is an error to the test only if the test does not expect it.
    let response = try answer.get()
    return try XCTUnwrap(response as? Response)
  }

  /// Lets time pass; what becomes due on the way happens at its own time.
  mutating func advance(by duration: Duration) {
    let end = now + duration
    while let due = machine.nextDue, due <= end {
      now = max(now, due)
      take(machine.advance(to: now, reading: archive))
    }
    now = end
  }

  mutating func expire(_ id: CallID) { take(machine.expire(id, at: now, reading: archive)) }

  private mutating func take(_ turn: Turn) {
    watch?(turn)
    archive.store(turn.writes)
    for reply in turn.replies { answers[reply.call] = reply.result.map(Self.received) }
    checkRebuild(ofRunsIn: turn.writes)
  }

  /// What a caller over the wire makes of an answer that may hold a history.
  private static func received(_ answer: any Message) -> any Message {
    switch answer {
    case is HistoryResponse, is WorkflowTaskPollResponse, is WorkflowTaskCompletedResponse, is StartWorkflowResponse:
      break
    default: return answer
    }
    do {
      return try type(of: answer).init(serializedBytes: try answer.serializedData())
    } catch {
      XCTFail("\(type(of: answer)): \(error)")
      return answer
    }
  }

  func history(_ runID: String) -> [HistoryEvent] { archive.histories[runID, default: []].flatMap(\.events) }

  func eventTypes(_ runID: String) -> [EventType] { history(runID).map(\.eventType) }
}

struct RigError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

struct MemoryArchive: HistoryArchive {
  private(set) var histories: [String: [EventBatch]] = [:]
  private(set) var records: [String: any Message] = [:]

  mutating func store(_ writes: [Write]) {
    for write in writes {
      switch write {
      case .events(let batch, let run): histories[run, default: []].append(batch)
      case .removeHistory(let run): histories[run] = nil
      case .record(let kind, let owner, let key, let record): records["\(kind)/\(owner)/\(key)"] = record
      }
    }
  }

  func batches(ofRun runID: String, from eventID: Int64, limit: Int) throws(ServiceError) -> [EventBatch] {
    Array(histories[runID, default: []].from(eventID).prefix(limit))
  }

  func batches(ofRun runID: String, before eventID: Int64, limit: Int) throws(ServiceError) -> [EventBatch] {
    Array(histories[runID, default: []].before(eventID).prefix(limit))
  }
}
