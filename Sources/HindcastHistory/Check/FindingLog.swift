import TemporalAPI

/// Collects findings and gives each its place.
struct FindingLog {
  private let history: WorkflowHistory
  private var counts: [HistoryFinding.Code: Int] = [:]
  private var listed: [HistoryFinding] = []

  init(_ history: WorkflowHistory) {
    self.history = history
  }

  /// Adds a finding about an event, or about a field of its attributes.
  mutating func add(
    _ code: HistoryFinding.Code, _ severity: HistoryFinding.Severity, at index: Int, field: String? = nil,
    _ message: @autoclosure () -> String
  ) {
    let count = counts[code, default: 0]
    counts[code] = count + 1
    guard count < HistoryValidator.findingsPerRule else { return }
    guard history.events.indices.contains(index) else {
      listed.append(
        HistoryFinding(code: code, severity: severity, file: history.origin.name, pointer: "", message: message()))
      return
    }
    let event = history.events[index]
    let pointer = history.origin.pointer(toEventAt: index) + (field.map { "/" + $0 } ?? "")
    listed.append(
      HistoryFinding(
        code: code, severity: severity, file: history.origin.name, eventID: event.eventID, pointer: pointer,
        line: history.origin.line(ofEventAt: index), message: message()))
  }

  /// All findings, with a last one for each rule that has more than are listed.
  var findings: [HistoryFinding] {
    var all = listed
    for code in HistoryFinding.Code.allCases {
      let rest = counts[code, default: 0] - HistoryValidator.findingsPerRule
      guard rest > 0, let last = listed.last(where: { $0.code == code }) else { continue }
      all.append(
        HistoryFinding(
          code: code, severity: last.severity, file: last.file, pointer: "",
          message: "\(rest) more findings of this rule are not listed"))
    }
    return all
  }
}
