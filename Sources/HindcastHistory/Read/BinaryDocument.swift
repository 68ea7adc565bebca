import SwiftProtobuf
import TemporalAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads the events of binary messages: a history, an answer that holds one, or an export of many.
///
/// All three begin with field 1, so what they are shows only in how deep the first event lies.
enum BinaryDocument {
  /// Reads the histories in a binary file.
  static func pages(of bytes: UnsafeRawBufferPointer) throws -> [HistoryPage] {
    // The first history of an export may be empty, so the other readings get their chance when the likely one fails.
    let likely = min(max(depthOfFirstEvent(bytes), 1), 3)
    var firstFault: (any Error)?
    for depth in [likely] + [1, 2, 3].filter({ $0 != likely }) {
      do {
        let pages = try read(bytes, depth: depth)
        if depth == likely || pages.contains(where: { isPlausible($0.events) }) { return pages }
      } catch {
        firstFault = firstFault ?? error
      }
    }
    throw firstFault ?? ReadFault(code: .binary, offset: 0, message: "the message holds no events")
  }

  private static func read(_ bytes: UnsafeRawBufferPointer, depth: Int) throws -> [HistoryPage] {
    switch depth {
    case 1:
      var page = HistoryPage(container: .binaryHistory, pointer: "/events")
      page.events = try events(of: bytes)
      return [page]
    case 2:
      return [try wrapped(bytes, offset: 0, container: .binaryHistory, pointer: "")]
    default:
      var pages: [HistoryPage] = []
      var wire = WireReader(bytes)
      while let field = try wire.next() {
        guard field.number == 1, let range = field.content else { continue }
        let item = UnsafeRawBufferPointer(rebasing: bytes[range])
        pages.append(
          try wrapped(item, offset: range.lowerBound, container: .binaryExport, pointer: "/items/\(pages.count)"))
      }
      return pages
    }
  }

  /// Reads the history in field 1 of a message.
  private static func wrapped(
    _ bytes: UnsafeRawBufferPointer, offset: Int, container: HistoryOrigin.Container, pointer: String
  ) throws -> HistoryPage {
    var page = HistoryPage(container: container, pointer: "\(pointer)/history/events")
    var wire = WireReader(bytes, offset: offset)
    while let field = try wire.next() {
      guard let range = field.content else { continue }
      switch field.number {
      case 1:
        page.events += try events(
          of: UnsafeRawBufferPointer(rebasing: bytes[range]), offset: offset + range.lowerBound)
      case 3: page.hasNextPage = !range.isEmpty
      default: break
      }
    }
    return page
  }

  /// Reads the events of a binary history.
  ///
  /// - Parameter offset: where the bytes begin in the file, for faults.
  static func events(of bytes: UnsafeRawBufferPointer, offset: Int = 0) throws -> [HistoryEvent] {
    var events: [HistoryEvent] = []
    var wire = WireReader(bytes, offset: offset)
    while let field = try wire.next() {
      guard field.number == 1, let range = field.content else { continue }
      do {
        let content = Data(UnsafeRawBufferPointer(rebasing: bytes[range]))
        events.append(try HistoryEvent(serializedBytes: content))
      } catch {
        throw ReadFault(
          code: .binary, offset: offset + range.lowerBound,
          message: "the event at place \(events.count) is not a binary HistoryEvent")
      }
    }
    return events
  }

  /// How many messages lie in each other before something that cannot be the beginning of a message in field 1.
  private static func depthOfFirstEvent(_ bytes: UnsafeRawBufferPointer) -> Int {
    var depth = 0
    var rest = bytes
    while depth < 4, rest.first == WireReader.firstFieldTag {
      var wire = WireReader(rest)
      guard let content = try? wire.next()?.content else { break }
      depth += 1
      rest = UnsafeRawBufferPointer(rebasing: rest[content])
    }
    return depth
  }

  private static func isPlausible(_ events: [HistoryEvent]) -> Bool {
    guard let first = events.first else { return false }
    return first.eventID >= 1 && (!first.hasEventTime || first.eventTime.seconds > 0)
  }
}
