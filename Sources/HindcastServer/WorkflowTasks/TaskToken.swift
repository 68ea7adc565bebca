internal import Foundation
internal import HindcastCalls

/// What a worker sends back to say which task it answers.
///
/// Opaque to workers. Kept as text so that a token is readable in a debugger: `w1|run id|scheduled|started|attempt|stamp`.
struct TaskToken: Sendable, Equatable {
  enum Kind: Unicode.Scalar, Sendable {
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
    // By bytes, which is much faster than by characters, and without an array of the fields.
    let text = String(decoding: data, as: UTF8.self)
    var rest = text.utf8[...]
    func field() -> Substring? {
      guard let end = rest.firstIndex(of: UInt8(ascii: "|")) else { return nil }
      defer { rest = rest[rest.index(after: end)...] }
      return Substring(rest[..<end])
    }
    guard let name = field()?.unicodeScalars, name.count == 2, name.last == "1", let letter = name.first,
      let kind = Kind(rawValue: letter), kinds.contains(kind), let runID = field(),
      let scheduled = field().flatMap({ Int64($0) }), let started = field().flatMap({ Int64($0) }),
      let attempt = field().flatMap({ Int32($0) }), let stamp = Int64(Substring(rest))
    else { throw .invalidArgument("Error deserializing task token.") }
    self.init(
      kind: kind, runID: String(runID), scheduledEventID: scheduled, startedEventID: started, attempt: attempt,
      stamp: stamp)
  }
}
