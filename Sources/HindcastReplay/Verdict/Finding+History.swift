import HindcastCore
import HindcastHistory

extension Finding {
  /// What the validator found in a history, as a finding of the replay.
  init(_ fault: HistoryFinding) {
    let rule: RuleCode =
      switch fault.code {
      case .unknownEvent: .unknownEvent
      case .eventsAfterClose: .eventsAfterClose
      case .unknownSDKFlag: .unknownFlag
      default: fault.severity == .error ? .invalidHistory : .historyNote
      }
    self.init(rule, Severity(fault.severity), fault.descriptionInFile, eventID: fault.eventID)
  }

  /// Warnings of the validator as findings, one for all of a code: who writes a field wrong does so all along.
  static func summaries(of faults: [HistoryFinding]) -> [Finding] {
    var counts: [HistoryFinding.Code: Int] = [:]
    for fault in faults where fault.severity == .warning { counts[fault.code, default: 0] += 1 }
    return faults.compactMap { fault in
      guard fault.severity == .warning else { return Finding(fault) }
      guard let count = counts.removeValue(forKey: fault.code) else { return nil }
      var finding = Finding(fault)
      if count > 1 { finding.message += ", and \(count - 1) more of this kind" }
      return finding
    }
  }

  /// What the reader had to interpret or leave out, as a remark.
  init(_ note: HistoryNote) {
    // A history that lacks its end is replayed as an open one, which its reader should know.
    self.init(.historyNote, note.kind == .truncated ? .warning : .info, note.description, eventID: note.eventID)
  }
}

extension Severity {
  fileprivate init(_ severity: HistoryFinding.Severity) {
    self =
      switch severity {
      case .info: .info
      case .warning: .warning
      case .error: .error
      }
  }
}

extension HistoryFinding {
  /// The code, the message and the place inside the file: what is left to say beside the file's name.
  var descriptionInFile: String {
    var place: [String] = []
    if let line { place.append("line \(line)") }
    if !pointer.isEmpty { place.append("at \(pointer)") }
    let suffix = place.isEmpty ? "" : " (\(place.joined(separator: ", ")))"
    return "\(code.rawValue): \(message)\(suffix)"
  }
}
