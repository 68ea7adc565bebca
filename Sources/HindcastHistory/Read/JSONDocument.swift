import SwiftProtobuf
import TemporalAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads the events of a JSON file, whichever form of spec/replay.md, 1.1, it has.
///
/// Events are decoded one by one where they stand; of what is around them only the keys are looked at.
struct JSONDocument {
  /// How deep histories may be nested in arrays and objects.
  private static let depthLimit = 16

  private(set) var decoder: MessageDecoder
  private(set) var pages: [HistoryPage] = []
  /// Whether the file holds several values one after the other.
  private(set) var isSequence = false
  private var lines: LineCounter
  private let eventTable = Schema.shared.table(named: HistoryEvent.protoMessageName)

  init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
    decoder = MessageDecoder(scanner: JSONScanner(bytes, from: start))
    lines = LineCounter(bytes)
  }

  /// Reads the whole file.
  mutating func read() throws {
    var count = 0
    while let byte = decoder.scanner.peekOrEnd() {
      if byte == UInt8(ascii: "{"), try isEvent() {
        try looseEvent(index: count)
      } else {
        try value(pointer: "/\(count)", form: nil, depth: 0)
      }
      count += 1
    }
    isSequence = count > 1
    if !isSequence {
      // A value that is alone is the whole document, to which the empty pointer points.
      for index in pages.indices where pages[index].pointer.hasPrefix("/0") { pages[index].pointer.removeFirst(2) }
    }
  }

  /// Reads an event that stands by itself; those of one run that follow each other make one page.
  private mutating func looseEvent(index: Int) throws {
    let notes = decoder.notes.count
    let (event, line) = try event()
    if let last = pages.indices.last, pages[last].container == .events, pages[last].pointer.isEmpty, event.eventID != 1
    {
      pages[last].events.append(event)
      pages[last].lines.append(line)
      pages[last].notes = pages[last].notes.lowerBound..<decoder.notes.count
    } else {
      var page = HistoryPage(container: .events, pointer: "")
      page.sourceIndex = index
      page.events = [event]
      page.lines = [line]
      page.notes = notes..<decoder.notes.count
      pages.append(page)
    }
  }

  // MARK: Values

  /// Reads a value that holds histories.
  ///
  /// - Parameter form: the form that the values around it have, if they have one.
  private mutating func value(pointer: String, form: HistoryOrigin.Container?, depth: Int) throws {
    guard depth < Self.depthLimit else { throw unrecognized("histories are nested too deeply") }
    switch try decoder.scanner.peek() {
    case UInt8(ascii: "{"): try object(pointer: pointer, form: form, depth: depth)
    case UInt8(ascii: "["): try array(pointer: pointer, form: form, depth: depth)
    default: throw unrecognized("expected an object or an array, found \(decoder.scanner.found())")
    }
  }

  private mutating func array(pointer: String, form: HistoryOrigin.Container?, depth: Int) throws {
    let start = decoder.scanner.position
    guard try decoder.scanner.open(UInt8(ascii: "["), closedBy: UInt8(ascii: "]")) else {
      // An empty array is a history without events, not nothing: a file without histories would pass unnoticed.
      if form != .export { pages.append(HistoryPage(container: form ?? .events, pointer: pointer)) }
      return
    }
    if try decoder.scanner.peek() == UInt8(ascii: "{"), try isEvent() {
      decoder.scanner.position = start
      var page = HistoryPage(container: .events, pointer: pointer)
      let notes = decoder.notes.count
      try events(into: &page)
      page.notes = notes..<decoder.notes.count
      pages.append(page)
      return
    }
    var index = 0
    var more = true
    while more {
      try value(pointer: "\(pointer)/\(index)", form: form ?? .historyArray, depth: depth + 1)
      index += 1
      more = try decoder.scanner.next(closedBy: UInt8(ascii: "]"))
    }
  }

  private mutating func object(pointer: String, form: HistoryOrigin.Container?, depth: Int) throws {
    let start = decoder.scanner.position
    let notes = decoder.notes.count
    let firstPage = pages.count
    var found = Wrapper()
    var more = try decoder.scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
    while more {
      let name = try decoder.scanner.string(of: "a key")
      try decoder.scanner.expect(UInt8(ascii: ":"))
      try member(name, pointer: pointer, form: form, depth: depth, into: &found)
      more = try decoder.scanner.next(closedBy: UInt8(ascii: "}"))
    }
    if pages.count == firstPage {
      guard found.isResponse else {
        throw decoder.scanner.fault(
          .unrecognized, "the object is not a workflow history", at: start,
          hint:
            "Expected a key “events”, “history”, “rawHistory” or “items”, as `temporal workflow show --output json` gives"
        )
      }
      pages.append(HistoryPage(container: .response, pointer: "\(pointer)/history/events"))
    }
    for index in firstPage..<pages.count {
      pages[index].workflowID = pages[index].workflowID ?? found.workflowID
      pages[index].runID = pages[index].runID ?? found.runID
    }
    pages[pages.count - 1].hasNextPage = found.hasNextPage || pages[pages.count - 1].hasNextPage
    if pages.count == firstPage + 1 { pages[firstPage].notes = notes..<decoder.notes.count }
  }

  /// What an object says besides its events.
  private struct Wrapper {
    var workflowID: String?
    var runID: String?
    var hasNextPage = false
    var isResponse = false
  }

  private mutating func member(
    _ name: String, pointer: String, form: HistoryOrigin.Container?, depth: Int, into found: inout Wrapper
  ) throws {
    if try decoder.scanner.skipNull() {
      if name == "history" || name == "events" { found.isResponse = true }
      return
    }
    switch name {
    case "events":
      var page = HistoryPage(container: form ?? .history, pointer: "\(pointer)/events")
      let notes = decoder.notes.count
      try events(into: &page)
      page.notes = notes..<decoder.notes.count
      pages.append(page)
    case "history":
      found.isResponse = true
      if try decoder.scanner.peek() == UInt8(ascii: "{"), try isEmptyObject() {
        try decoder.scanner.skipValue()
      } else {
        try value(pointer: "\(pointer)/history", form: form == .export ? .export : .response, depth: depth + 1)
      }
    case "rawHistory", "raw_history":
      found.isResponse = true
      try rawHistory(pointer: "\(pointer)/\(name)", depth: depth)
    case "items":
      try value(pointer: "\(pointer)/items", form: .export, depth: depth + 1)
    case "workflowId", "workflow_id":
      found.workflowID = try optionalString()
    case "runId", "run_id":
      found.runID = try optionalString()
    case "nextPageToken", "next_page_token":
      found.isResponse = true
      found.hasNextPage = try optionalString() != nil
    case "archived":
      try decoder.scanner.skipValue()
    default:
      decoder.notes.append(RawNote(kind: .unknownField, offset: try decoder.valueOffset(), value: name))
      try decoder.scanner.skipValue()
    }
  }

  private mutating func isEmptyObject() throws -> Bool {
    let start = decoder.scanner.position
    defer { decoder.scanner.position = start }
    return try !decoder.scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
  }

  /// A string that is not empty; anything else is passed over.
  private mutating func optionalString() throws -> String? {
    guard try decoder.scanner.peek() == UInt8(ascii: "\"") else {
      try decoder.scanner.skipValue()
      return nil
    }
    let text = try decoder.scanner.string(of: "a string")
    return text.isEmpty ? nil : text
  }

  private func unrecognized(_ message: String) -> ReadFault {
    decoder.scanner.fault(.unrecognized, message, hint: "This is not an exported workflow history")
  }

  // MARK: Events

  private mutating func events(into page: inout HistoryPage) throws {
    guard try decoder.scanner.peek() == UInt8(ascii: "[") else {
      throw decoder.scanner.fault(.value, "“events” is an array, found \(decoder.scanner.found())")
    }
    var more = try decoder.scanner.open(UInt8(ascii: "["), closedBy: UInt8(ascii: "]"))
    while more {
      let (event, line) = try event()
      page.events.append(event)
      page.lines.append(line)
      more = try decoder.scanner.next(closedBy: UInt8(ascii: "]"))
    }
  }

  @inline(__always)
  private mutating func event() throws -> (HistoryEvent, UInt32) {
    guard try decoder.scanner.peek() == UInt8(ascii: "{") else {
      throw decoder.scanner.fault(.value, "an event is an object, found \(decoder.scanner.found())")
    }
    let line = lines.line(at: decoder.scanner.position)
    return (try decoder.message(HistoryEvent.self, table: eventTable), line)
  }

  /// Whether the object that is next is an event. It stays unread.
  private mutating func isEvent() throws -> Bool {
    let start = decoder.scanner.position
    defer { decoder.scanner.position = start }
    var more = try decoder.scanner.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
    while more {
      switch try decoder.scanner.string(of: "a key") {
      case "eventId", "event_id", "eventTime", "event_time", "eventType", "event_type": return true
      case "events", "history", "rawHistory", "raw_history", "items": return false
      default: break
      }
      try decoder.scanner.expect(UInt8(ascii: ":"))
      try decoder.scanner.skipValue()
      more = try decoder.scanner.next(closedBy: UInt8(ascii: "}"))
    }
    return false
  }

  // MARK: Raw history

  /// Reads an array of blobs, each a batch of events in binary or JSON.
  private mutating func rawHistory(pointer: String, depth: Int) throws {
    guard depth < Self.depthLimit else { throw unrecognized("histories are nested too deeply") }
    var more = try decoder.scanner.open(UInt8(ascii: "["), closedBy: UInt8(ascii: "]"))
    let table = Schema.shared.table(named: Temporal_Api_Common_V1_DataBlob.protoMessageName)
    var index = 0
    while more {
      let start = try decoder.valueOffset()
      let blob = try decoder.message(Temporal_Api_Common_V1_DataBlob.self, table: table)
      do {
        try read(blob, pointer: "\(pointer)/\(index)/data", depth: depth)
      } catch let fault as ReadFault {
        throw decoder.scanner.fault(fault.code, "the blob is damaged: \(fault.message)", at: start, hint: fault.hint)
      }
      index += 1
      more = try decoder.scanner.next(closedBy: UInt8(ascii: "]"))
    }
  }

  private mutating func read(_ blob: Temporal_Api_Common_V1_DataBlob, pointer: String, depth: Int) throws {
    if blob.encodingType == .json {
      let found = try blob.data.withUnsafeBytes { bytes in
        var inner = JSONDocument(bytes.bindMemory(to: UInt8.self), from: 0)
        try inner.value(pointer: pointer, form: .rawHistory, depth: depth + 1)
        return inner.pages
      }
      for var page in found {
        // Lines and notes of the text in the blob mean nothing in the file.
        page.container = .rawHistory
        page.lines = []
        page.notes = decoder.notes.count..<decoder.notes.count
        pages.append(page)
      }
      return
    }
    var page = HistoryPage(container: .rawHistory, pointer: "\(pointer)/events")
    page.events = try blob.data.withUnsafeBytes { bytes in try BinaryDocument.events(of: bytes) }
    pages.append(page)
  }
}
