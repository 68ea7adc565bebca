import HindcastCore

/// What the history holds beside what the code did, a row a command; one side under the other where there is no room.
struct SideBySide {
  private struct Row {
    var relation: AlignedRow.Relation
    var number: String
    var event: String
    var command: String
    var place: String

    var mark: String {
      switch relation {
      case .matched: " "
      case .differs: "~"
      case .onlyHistory: "-"
      case .onlyCode: "+"
      }
    }
  }

  private let rows: [Row]
  private let palette: Palette

  /// Longer words are cut in columns.
  private static let columnLimit = 44
  private static let gap = "  "

  /// - Parameter place: a location as the reader knows it.
  init(_ rows: [AlignedRow], palette: Palette, place: (SourceLocation) -> String) {
    self.palette = palette
    self.rows = rows.map { row in
      Row(
        relation: row.relation, number: row.eventID.map(String.init) ?? "", event: (row.event ?? "").printable(),
        command: (row.command ?? "").printable(), place: row.location.map(place) ?? "")
    }
  }

  /// The lines, without indentation.
  /// - Parameter width: how many columns there are.
  func lines(width: Int) -> [String] {
    guard !rows.isEmpty else { return [] }
    let number = max(5, rows.map(\.number.count).max() ?? 0)
    let event = min(Self.columnLimit, max(7, rows.map(\.event.count).max() ?? 0))
    let command = min(Self.columnLimit, max(4, rows.map(\.command.count).max() ?? 0))
    let place = rows.map(\.place.count).max() ?? 0
    let needed = 2 + number + Self.gap.count * 2 + event + command
    guard needed <= width else { return stacked(number) }
    // Places are the first to go.
    let showsPlaces = needed + Self.gap.count + place <= width
    var lines = [palette.faint("  " + pad("event", number) + Self.gap + pad("history", event) + Self.gap + "code")]
    for row in rows {
      var text = row.mark + " " + String(repeating: " ", count: number - row.number.count) + row.number + Self.gap
      text += pad(cut(row.event, event), event) + Self.gap + pad(cut(row.command, command), command)
      if showsPlaces { text += Self.gap + row.place }
      while text.last == " " { text.removeLast() }
      lines.append(painted(text, row.relation))
    }
    return lines
  }

  private func stacked(_ number: Int) -> [String] {
    rows.flatMap { row in
      let margin = row.mark + " " + String(repeating: " ", count: number - row.number.count) + row.number + Self.gap
      let under = String(repeating: " ", count: margin.count)
      let place = row.place.isEmpty ? "" : "  (\(row.place))"
      let texts: [String]
      switch row.relation {
      case .matched: texts = [margin + row.command + place]
      case .onlyHistory: texts = [margin + "history  " + row.event]
      case .onlyCode: texts = [margin + "code     " + row.command + place]
      case .differs:
        texts =
          (row.event.isEmpty ? [] : [margin + "history  " + row.event])
          + [(row.event.isEmpty ? margin : under) + "code     " + row.command + place]
      }
      return texts.map { painted($0, row.relation) }
    }
  }

  private func painted(_ text: String, _ relation: AlignedRow.Relation) -> String {
    switch relation {
    case .matched: palette.faint(text)
    case .differs: palette.warning(text)
    case .onlyHistory: palette.bad(text)
    case .onlyCode: palette.good(text)
    }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func cut(_ text: String, _ width: Int) -> String {
    text.count > width ? text.prefix(width - 3) + "..." : text
  }
}
