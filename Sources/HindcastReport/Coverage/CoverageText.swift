/// Coverage for people: a line a file, what is missing below it, then versions and event types.
public struct CoverageText {
  private let report: CoverageReport
  private let palette: Palette

  /// Describes a report.
  public init(_ report: CoverageReport, palette: Palette = Palette(isColored: false)) {
    self.report = report
    self.palette = palette
  }

  /// Writes the report.
  public func write(to output: any ReportOutput) throws(OutputError) {
    let width = max(24, report.files.map { $0.path.printable().count }.max() ?? 0)
    try output.write(palette.faint(Self.row("", "lines", "branches", "functions", width)) + "\n")
    for file in report.files {
      let row = Self.row(
        file.path.printable(), Self.text(file.lineShare), Self.text(file.branchShare), Self.text(file.functionShare),
        width)
      try output.write(row + "\n" + missing(in: file))
    }
    let total = Self.row(
      "total", Self.text(report.lines), Self.text(report.branches), Self.text(report.functions), width)
    try output.write(palette.strong(total) + "\n" + versions + eventTypes)
  }

  private func missing(in file: CoverageReport.File) -> String {
    var text = ""
    func add(_ label: String, _ places: [String]) {
      guard !places.isEmpty else { return }
      text += "    " + palette.warning(label) + "  " + places.joined(separator: ", ") + "\n"
    }
    if let error = file.error { add("does not compile", [error.printable()]) }
    let uncovered = file.lines.filter { $0.count == 0 }.map(\.line)
    add("lines that did not run", Self.ranges(uncovered, among: file.lines.map(\.line)))
    add(
      "ways not taken",
      file.branches.filter(\.isReached).flatMap(\.arms).filter { $0.count == 0 }.map { "\($0.line) \($0.name)" })
    add("functions not called", file.functions.filter { $0.count == 0 }.map { $0.name.printable() })
    return text
  }

  private var versions: String {
    var text = report.changes.isEmpty ? "" : "\nversions\n"
    for change in report.changes {
      let parts = change.versions.map { version, histories in
        histories > 0 ? "\(version): \(Self.histories(histories))" : palette.warning("\(version): none")
      }
      text += "  \(change.id.printable())  " + parts.joined(separator: ", ")
      if let place = change.place { text += "  " + palette.place(place.printable()) }
      text += "\n"
    }
    return text
  }

  private var eventTypes: String {
    guard !report.eventTypes.isEmpty else { return "" }
    let width = report.eventTypes.map(\.name.count).max() ?? 0
    return "\nevent types\n"
      + report.eventTypes.map { type in
        let name = type.name + String(repeating: " ", count: width - type.name.count)
        return "  \(name)  \(TextReporter.count(type.events, "event", "events")) in \(Self.histories(type.histories))\n"
      }.joined()
  }

  // MARK: Words

  private static func histories(_ count: Int) -> String { TextReporter.count(count, "history", "histories") }

  /// `12-14, 20`: lines that follow each other in the list of all lines with code are one range.
  static func ranges(_ lines: [Int], among all: [Int]) -> [String] {
    var result: [String] = []
    var position = 0
    while position < lines.count {
      let first = lines[position]
      var last = first
      var next = all.firstIndex(of: first).map { $0 + 1 } ?? all.count
      while position + 1 < lines.count, next < all.count, all[next] == lines[position + 1] {
        position += 1
        next += 1
        last = lines[position]
      }
      position += 1
      result.append(first == last ? "\(first)" : "\(first)-\(last)")
    }
    return result
  }

  /// `95.0 % (19/20)`, rounded down, so that 100 means all; `-` where there is nothing.
  static func text(_ share: CoverageReport.Share) -> String {
    guard share.total > 0 else { return "-" }
    return "\(percent(share)) % (\(share.covered)/\(share.total))"
  }

  /// A percentage with one digit behind the point, rounded down.
  package static func percent(_ share: CoverageReport.Share) -> String {
    let tenths = share.total == 0 ? 1000 : share.covered * 1000 / share.total
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static func row(_ name: String, _ lines: String, _ branches: String, _ functions: String, _ width: Int)
    -> String
  {
    let cells = [lines, branches, functions].map { String(repeating: " ", count: max(0, 17 - $0.count)) + $0 }
    return name + String(repeating: " ", count: max(0, width - name.count)) + cells.joined()
  }
}
