internal import Foundation
internal import HindcastCalls

/// Where a reader of a history goes on; opaque to clients. It pins the run.
///
/// Kept as text so that a token is readable in a debugger: `h1|run id|event id|p`.
struct HistoryToken: Sendable, Equatable {
  enum Kind: String, Sendable {
    /// There may be another page of what is stored.
    case page = "p"
    /// Everything that is stored was read: what comes next is new.
    case news = "n"
    /// Another page towards the beginning.
    case backwards = "b"
  }

  var runID: String
  /// The first event of the next page; going backwards, the page is before it.
  var eventID: Int64
  var kind: Kind

  var data: Data { Data("h1|\(runID)|\(eventID)|\(kind.rawValue)".utf8) }
}

extension HistoryToken {
  /// Reads a token of one of the kinds.
  ///
  /// - Returns: `nil` for no token: the first page.
  /// - Throws: INVALID_ARGUMENT for a token that no server made.
  init?(_ data: Data, _ kinds: Kind...) throws(ServiceError) {
    if data.isEmpty { return nil }
    let parts = String(decoding: data, as: UTF8.self).split(separator: "|", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "h1", let eventID = Int64(parts[2]), eventID > 0,
      let kind = Kind(rawValue: String(parts[3])), kinds.contains(kind)
    else { throw .invalidArgument("Invalid NextPageToken.") }
    self.init(runID: String(parts[1]), eventID: eventID, kind: kind)
  }

  /// - Throws: INVALID_ARGUMENT for a request that names another run than the token.
  func check(runID: String) throws(ServiceError) {
    if !runID.isEmpty, runID != self.runID {
      throw .invalidArgument("RunId in the request does not match the NextPageToken.")
    }
  }
}
