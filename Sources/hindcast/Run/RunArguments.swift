#if Server
import ArgumentParser
import Foundation
import HindcastRegistry

/// `NAME[=JSON][@OFFSET]`: a signal and when it is sent.
struct TimedSignal: Sendable {
  var name: String
  var json: String?
  /// From the start of the workflow.
  var offset: Duration = .zero

  /// - Throws: `ValidationError` for what is none.
  init(parsing text: String) throws {
    var rest = text[...]
    // JSON may hold an @ as well: what stands behind the last one counts only if it is a time.
    if let at = rest.lastIndex(of: "@"), let offset = try? GoDuration(parsing: String(rest[rest.index(after: at)...])) {
      guard offset >= .zero else { throw ValidationError("a signal cannot come before the start: \(text)") }
      self.offset = offset.duration
      rest = rest[..<at]
    }
    let parts = rest.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    name = String(parts[0])
    if name.isEmpty { throw ValidationError("the signal has no name: \(text)") }
    if parts.count == 2 {
      let json = String(parts[1])
      guard JSONArgument.isValid(json) else {
        throw ValidationError("the argument of signal \(name) is no JSON: \(json)")
      }
      self.json = json
    }
  }
}

/// `TYPE=JSON`: what an activity gives.
struct CannedResult: Sendable {
  var type: String
  var json: String

  /// - Throws: `ValidationError` for what is none.
  init(parsing text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw ValidationError("a mock is written TYPE=JSON, not \(text)")
    }
    type = String(parts[0])
    json = String(parts[1])
    guard JSONArgument.isValid(json) else { throw ValidationError("the result of \(type) is no JSON: \(json)") }
  }
}
#endif
