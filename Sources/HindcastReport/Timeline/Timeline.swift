import HindcastCore
public import HindcastHistory
import SwiftProtobuf
import TemporalAPI

/// A history as people read it: its events in order, cut into workflow tasks, with payloads as text.
public struct Timeline {
  private let history: WorkflowHistory
  private let palette: Palette

  /// Makes a timeline.
  public init(_ history: WorkflowHistory, palette: Palette = Palette(isColored: false)) {
    self.history = history
    self.palette = palette
  }

  /// Writes the timeline.
  public func write(to output: any ReportOutput) throws(OutputError) {
    try output.write(header)
    let events = history.events
    var starts: [Int: (number: Int, slice: WorkflowTaskSlice)] = [:]
    for (number, slice) in HistorySlicer(events).enumerated() {
      if let started = slice.started { starts[started] = (number + 1, slice) }
    }
    for (index, event) in events.enumerated() {
      if let (number, slice) = starts[index] { try output.write(taskLine(number, slice)) }
      try output.write(text(of: event))
    }
    if !history.isClosed { try output.write("\n\(palette.faint("the workflow is open: no event closes it"))\n") }
  }

  // MARK: The head

  private var header: String {
    var rows: [(String, String)] = []
    if let type = history.workflowTypeName { rows.append(("workflow", type)) }
    if let id = history.workflowID { rows.append(("workflow ID", id)) }
    if let id = history.runID { rows.append(("run ID", id)) }
    if let started = history.startedAttributes {
      if !started.taskQueue.name.isEmpty { rows.append(("task queue", started.taskQueue.name)) }
      if !started.parentWorkflowExecution.workflowID.isEmpty {
        rows.append(("parent", started.parentWorkflowExecution.workflowID))
      }
    }
    if let first = history.events.first, first.hasEventTime {
      rows.append(("started", (try? first.eventTime.jsonString().trimmingQuotes) ?? ""))
    }
    rows.append(("events", count))
    for sdk in sdks { rows.append(("recorded by", sdk)) }
    var text = palette.strong(history.origin.name.printable()) + "\n"
    for (label, value) in rows {
      text += "  " + palette.faint(label + String(repeating: " ", count: 13 - label.count)) + value.printable() + "\n"
    }
    for note in history.notes { text += "  " + palette.warning("note  ") + note.description.printable() + "\n" }
    return text + "\n"
  }

  private var count: String {
    guard let close = history.closeEvent else { return "\(history.events.count), open" }
    return "\(history.events.count), closed by \(close.eventType.displayName)"
  }

  /// The SDKs that the tasks' completions name, in their order.
  private var sdks: [String] {
    var names: [String] = []
    for event in history.events {
      guard case .workflowTaskCompletedEventAttributes(let completed)? = event.attributes, completed.hasSdkMetadata
      else {
        continue
      }
      let metadata = completed.sdkMetadata
      let name = [metadata.sdkName, metadata.sdkVersion].filter { !$0.isEmpty }.joined(separator: " ")
      if !name.isEmpty, !names.contains(name) { names.append(name) }
    }
    return names
  }

  // MARK: Events

  private func taskLine(_ number: Int, _ slice: WorkflowTaskSlice) -> String {
    var text = "task \(number)"
    if slice.completed == nil { text += ", not completed" }
    if !slice.langUsedFlags.isEmpty {
      text += ", SDK flags \(slice.langUsedFlags.map(String.init).joined(separator: ", "))"
    }
    return palette.faint("      ── \(text)") + "\n"
  }

  private func text(of event: HistoryEvent) -> String {
    let mark = event.eventType.isCommandEvent ? "→" : " "
    let number = pad(String(event.eventID), to: 5)
    var text = "\(number) \(mark) \(palette.faint(pad(time(of: event), to: 16)))  "
    let summary = event.summary.printable()
    text += event.eventType.isCommandEvent ? palette.strong(summary) : summary
    text += "\n"
    for detail in EventDetails.of(event) {
      let indent = String(repeating: " ", count: 26)
      let label = palette.faint(detail.label + String(repeating: " ", count: max(1, 10 - detail.label.count)))
      text += indent + label + detail.value.printable() + "\n"
    }
    return text
  }

  /// The time since the first event.
  private func time(of event: HistoryEvent) -> String {
    guard event.hasEventTime, let first = history.events.first?.eventTime else { return "" }
    let (seconds, overflows) = event.eventTime.seconds.subtractingReportingOverflow(first.seconds)
    guard !overflows else { return "" }
    let millis = (Int64(event.eventTime.nanos) - Int64(first.nanos)) / 1_000_000
    let (scaled, isTooLong) = seconds.multipliedReportingOverflow(by: 1000)
    let (total, isTooFar) = scaled.addingReportingOverflow(millis)
    guard !isTooLong, !isTooFar else { return "" }
    return (total < 0 ? "-" : "+") + TimeSpan.text(milliseconds: total.magnitude)
  }

  private func pad(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// Spans of time in words.
package enum TimeSpan {
  /// `3d 04:05:06.789`, or as much of it as there is.
  package static func text(milliseconds: UInt64) -> String {
    let (seconds, millis) = (milliseconds / 1000, milliseconds % 1000)
    let fraction = "." + padded(millis, 3)
    if seconds < 60 { return "\(seconds)\(fraction) s" }
    let clock = "\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))\(fraction)"
    if seconds < 3600 { return clock }
    let hours = "\(padded(seconds / 3600 % 24, 2)):\(clock)"
    return seconds < 86_400 ? hours : "\(seconds / 86_400)d \(hours)"
  }

  private static func padded(_ number: UInt64, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

extension String {
  fileprivate var trimmingQuotes: String { String(dropFirst().dropLast()) }
}
