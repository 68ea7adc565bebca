import HindcastCore
import SwiftProtobuf
import TemporalAPI

/// The updates of a run (spec/wippy.md 8.11).
struct UpdateRecord {
  /// The host part of the process id that stands for an update's sender.
  static let host = "update"

  enum State: String {
    case pending, accepted, rejected, completed
  }

  /// A request that waits for the next task.
  struct Pending {
    var request: UpdateRequest
    /// Why it is refused without being delivered.
    var refusal: String?
  }

  var pending: [Pending] = []
  var states: [String: State] = [:]

  var hasPending: Bool { !pending.isEmpty }
}

extension LuaWorkflowInstance {
  func update(_ request: UpdateRequest) throws(TaskFailure) {
    var refusal: String?
    do throws(PayloadError) {
      try PayloadEncoding.check(request.arguments?.payloads ?? [])
    } catch {
      refusal = error.description
    }
    updates.pending.append(UpdateRecord.Pending(request: request, refusal: refusal))
  }

  /// The messages that waiting requests become; what cannot be decoded is refused.
  func deliverUpdates() throws(TaskFailure) -> [QueuedMessage] {
    var delivered: [QueuedMessage] = []
    let pending = updates.pending
    updates.pending = []
    for item in pending {
      let request = item.request
      if let refusal = item.refusal {
        try environment.rejectUpdate(request.id, FailureWriter.update(refusal))
        continue
      }
      updates.states[request.id] = .pending
      delivered.append(
        QueuedMessage(
          target: .topic(request.name),
          body: .payloads(
            request.arguments?.payloads ?? [], from: ProcessID(host: UpdateRecord.host, unique: request.id))))
    }
    return delivered
  }

  /// Answers an update by the word that is a message's topic. Returns the complaint where that is not possible.
  func respond(_ message: MessageCall) throws(TaskFailure) -> String? {
    let id = message.target.unique
    guard let state = updates.states[id] else { return "unknown update: \(id)" }
    let payloads: EncodedArguments
    switch message.arguments {
    case .success(let encoded): payloads = encoded
    case .failure(let error): return error.description
    }
    switch message.topic {
    case "ack":
      guard state == .pending else { return "update already \(state.rawValue)" }
      updates.states[id] = .accepted
      try environment.acceptUpdate(id)
    case "nak":
      guard state == .pending else { return "update already \(state.rawValue)" }
      updates.states[id] = nil
      try environment.rejectUpdate(id, FailureWriter.update(Self.text(payloads) ?? "update rejected"))
    case "ok":
      guard state == .accepted else { return "update not accepted (state: \(state.rawValue))" }
      updates.states[id] = nil
      try environment.completeUpdate(
        id, .with { $0.success = .init([payloads.first ?? PayloadEncoding.binaryNull]) })
    case "error":
      guard state == .accepted else { return "update not accepted (state: \(state.rawValue))" }
      updates.states[id] = nil
      try environment.completeUpdate(
        id, .with { $0.failure = FailureWriter.update(Self.text(payloads) ?? "update failed") })
    default: return "unknown update response: \(message.topic) (expected ack/nak/ok/error)"
    }
    return nil
  }

  /// The first payload as text: a string as it is, other values as JSON.
  private static func text(_ payloads: EncodedArguments) -> String? {
    guard let payload = payloads.first else { return nil }
    do throws(JSONSyntaxError) {
      let value = try GoValue(json: payload.data)
      return value == .null ? "nil" : value.text
    } catch {
      return String(decoding: payload.data, as: UTF8.self)
    }
  }
}
