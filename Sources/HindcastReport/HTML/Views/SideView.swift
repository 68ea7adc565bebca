import HindcastCore
import HindcastHistory
import TemporalAPI

/// A row of history and code beside each other.
package struct SideView {
  /// `matched`, `differs`, `only-history`, `only-code`: a class of the style sheet.
  var relation: String
  /// The same as a sign, and in words for those who do not see it.
  var sign: String
  var signWords: String
  /// The number of the event; empty where the history has none.
  var sideEvent: String
  var inHistory: String
  var inCode: String
  /// Where the code issued it; empty where that is not known.
  var sidePlace: String

  /// The rows of a finding: as it was explained, else what matched before and what does not.
  static func sides(of finding: Finding, app: String?, sources: inout SourceFiles) -> [SideView] {
    if let rows = finding.explanation?.rows, !rows.isEmpty {
      return rows.map { row in
        SideView(
          row.relation, eventID: row.eventID, inHistory: row.event, inCode: row.command,
          place: row.location.map { sources.resolve($0, app: app) })
      }
    }
    guard finding.isAboutAgreement, finding.expected != nil || finding.actual != nil else { return [] }
    var sides = finding.matchedBefore.map { command in
      SideView(
        .matched, eventID: command.eventID, inHistory: command.summary, inCode: command.summary,
        place: command.location.map { sources.resolve($0, app: app) })
    }
    let relation: AlignedRow.Relation =
      finding.actual == nil ? .onlyHistory : finding.expected == nil ? .onlyCode : .differs
    sides.append(
      SideView(
        relation, eventID: finding.expected?.eventID, inHistory: finding.expected?.summary,
        inCode: finding.actual?.summary,
        place: finding.actual?.location.map { sources.resolve($0, app: app) }))
    return sides
  }

  private init(
    _ relation: AlignedRow.Relation, eventID: Int64?, inHistory: String?, inCode: String?, place: SourceLocation?
  ) {
    self.relation = relation.rawValue
    (sign, signWords) =
      switch relation {
      case .matched: ("=", "the same")
      case .differs: ("≠", "differs")
      case .onlyHistory: ("−", "only in the history")
      case .onlyCode: ("+", "only in the code")
      }
    sideEvent = eventID.map(String.init) ?? ""
    self.inHistory = inHistory ?? ""
    self.inCode = inCode ?? ""
    sidePlace = place.map(String.init(describing:)) ?? ""
  }
}
