internal import Foundation
internal import HindcastCalls

/// What a worker sends back to say which task it answers.
///
/// Opaque to workers. Kept as text so that a token is readable in a debugger: `w1|run id|scheduled|started|attempt|stamp`.
struct TaskToken: Sendable, Equatable {
  enum Kind: String, Sendable {
    case workflow = "w", activity = "a", query = "q", nexus = "n", standaloneActivity = "s"
  }

  var kind: Kind
  /// The run; for queries and Nexus tasks the task's own id.
  var runID: String
  var scheduledEventID: Int64 = 0
  var startedEventID: Int64 = 0
  var attempt: Int32 = 0
  var stamp: Int64 = 0

  var data: Data {
    Data("\(kind.rawValue)1|\(runID)|\(scheduledEventID)|\(startedEventID)|\(attempt)|\(stamp)".utf8)
  }
}

extension TaskToken {
  /// Reads a token of one of the kinds.
  ///
  /// - Throws: INVALID_ARGUMENT for a token that no server made.
  init(_ data: Data, _ kinds: Kind...) throws(ServiceError) {
    if data.isEmpty { throw .invalidArgument("Task token not set on request.") }
    // By bytes, which is much faster than by characters.
    let parts = String(decoding: data, as: UTF8.self).utf8
      .split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false).map(Substring.init)
    guard parts.count == 6, parts[0].hasSuffix("1"), let kind = Kind(rawValue: String(parts[0].dropLast())),
      kinds.contains(kind), let scheduled = Int64(parts[2]), let started = Int64(parts[3]),
      let attempt = Int32(parts[4]), let stamp = Int64(parts[5])
    else { throw .invalidArgument("Error deserializing task token.") }
    self.init(
      kind: kind, runID: String(parts[1]), scheduledEventID: scheduled, startedEventID: started, attempt: attempt,
      stamp: stamp)
  }
}
