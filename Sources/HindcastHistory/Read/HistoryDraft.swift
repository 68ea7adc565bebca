import TemporalAPI

/// A history while its pages are put together.
struct HistoryDraft {
  var container: HistoryOrigin.Container
  var isPart: Bool
  var events: [HistoryEvent] = []
  var lines: [UInt32] = []
  var segments: [HistoryOrigin.Segment] = []
  var rawNotes: [Range<Int>] = []
  var notes: [HistoryNote] = []
  var workflowID: String?
  var runID: String?
  var hasNextPage = false

  init(_ page: HistoryPage) {
    container = page.container
    isPart = page.isPart
    // The usual case, one page, takes over its arrays without copying.
    events = page.events
    lines = page.lines
    segments = [HistoryOrigin.Segment(firstIndex: 0, pointer: page.pointer, sourceIndex: page.sourceIndex)]
    adopt(page)
  }

  private mutating func adopt(_ page: HistoryPage) {
    if !page.notes.isEmpty { rawNotes.append(page.notes) }
    workflowID = workflowID ?? page.workflowID
    runID = runID ?? page.runID
    hasNextPage = page.hasNextPage
  }

  // MARK: Joining

  /// Puts pages together: a page belongs to the history before it when it continues or repeats its events.
  static func drafts(from pages: [HistoryPage]) -> [HistoryDraft] {
    var drafts = join(pages)
    let late = drafts.filter { $0.container == .response && ($0.events.first?.eventID ?? 1) > 1 }.count
    if late > 0, drafts.count == late + 1, drafts.allSatisfy({ $0.container == .response }) {
      // All but one begin late, so they are pages of that one in a wrong order.
      let ordered = pages.enumerated().sorted {
        ($0.element.events.first?.eventID ?? 0, $0.offset) < ($1.element.events.first?.eventID ?? 0, $1.offset)
      }
      drafts = join(ordered.map(\.element))
      if drafts.count == 1 { drafts[0].notes.append(HistoryNote(kind: .pagesReordered, pointer: "")) }
    }
    return withoutRepeatedExports(drafts)
  }

  private static func join(_ pages: [HistoryPage]) -> [HistoryDraft] {
    var drafts: [HistoryDraft] = []
    for page in pages {
      if let last = drafts.indices.last, drafts[last].isContinued(by: page) {
        drafts[last].append(page)
      } else {
        drafts.append(HistoryDraft(page))
      }
    }
    return drafts
  }

  private func isContinued(by page: HistoryPage) -> Bool {
    guard isPart, page.isPart, container == page.container else { return false }
    if let runID, let other = page.runID, runID != other { return false }
    guard let first = page.events.first else { return container == .response || container == .rawHistory }
    guard let last = events.last else { return true }
    if first.eventID == last.eventID &+ 1 { return true }
    guard first.eventID > 1 || container == .response || container == .rawHistory else { return false }
    return event(withID: first.eventID) == first
  }

  private func event(withID id: Int64) -> HistoryEvent? {
    guard let first = events.first?.eventID, id >= first else { return nil }
    let (distance, overflow) = id.subtractingReportingOverflow(first)
    return !overflow && distance < events.count ? events[Int(distance)] : nil
  }

  /// Appends a page, without the events that are already there.
  private mutating func append(_ page: HistoryPage) {
    for (offset, event) in page.events.enumerated() {
      let index = page.sourceIndex + offset
      if let last = events.last, event.eventID <= last.eventID, self.event(withID: event.eventID) == event {
        notes.append(
          HistoryNote(kind: .repeatedEventDropped, eventID: event.eventID, pointer: "\(page.pointer)/\(index)"))
        continue
      }
      let expected = segments.last.map { $0.sourceIndex + events.count - $0.firstIndex }
      if segments.last?.pointer != page.pointer || expected != index {
        segments.append(HistoryOrigin.Segment(firstIndex: events.count, pointer: page.pointer, sourceIndex: index))
      }
      events.append(event)
      if page.lines.indices.contains(offset) { lines.append(page.lines[offset]) }
    }
    adopt(page)
  }

  /// Temporal Cloud delivers a history at least once, so a run may occur twice in an export.
  private static func withoutRepeatedExports(_ drafts: [HistoryDraft]) -> [HistoryDraft] {
    guard drafts.count > 1, drafts.allSatisfy({ $0.container == .binaryExport || $0.container == .export }) else {
      return drafts
    }
    var places: [[String]: Int] = [:]
    var kept: [HistoryDraft] = []
    for draft in drafts {
      let started = draft.events.first?.workflowExecutionStartedEventAttributes
      let key = [
        started?.firstExecutionRunID ?? "", started?.originalExecutionRunID ?? "", "\(draft.events.last?.eventID ?? 0)",
      ]
      if let place = places[key], kept[place].events == draft.events {
        kept[place].notes.append(
          HistoryNote(kind: .repeatedHistoryDropped, pointer: draft.segments.first?.pointer ?? ""))
      } else {
        places[key] = places[key] ?? kept.count
        kept.append(draft)
      }
    }
    return kept
  }
}
