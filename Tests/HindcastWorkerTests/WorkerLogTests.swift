import HindcastWorker
import Logging
import Synchronization
import XCTest

/// The lines of a worker in other logs.
final class WorkerLogTests: XCTestCase {
  private struct Entry: Equatable {
    var level: Logger.Level
    var message: String
    var metadata: [String: String]
  }

  /// A backend of swift-log that keeps what it is told.
  private final class Book: Sendable {
    private let stored = Mutex<[Entry]>([])
    var entries: [Entry] { stored.withLock { $0 } }
    func add(_ entry: Entry) { stored.withLock { $0.append(entry) } }
  }

  private struct Handler: LogHandler {
    let book: Book
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
      book.add(Entry(level: event.level, message: "\(event.message)", metadata: all.mapValues { "\($0)" }))
    }
  }

  func testLinesGoToASwiftLogger() {
    let book = Book()
    var logger = Logger(label: "test") { _ in Handler(book: book) }
    logger[metadataKey: "app"] = "shop"
    let log = logger.workerLog
    log(WorkerLogLine(.debug, "one"))
    log(WorkerLogLine(.info, "two", [.init("a", "1"), .init("b", "2")]))
    log(WorkerLogLine(.warning, "three", [.init("error", "first"), .init("error", "second"), .init("error", "third")]))
    log(WorkerLogLine(.error, "four"))
    XCTAssertEqual(
      book.entries,
      [
        Entry(level: .debug, message: "one", metadata: ["app": "shop"]),
        Entry(level: .info, message: "two", metadata: ["app": "shop", "a": "1", "b": "2"]),
        Entry(
          level: .warning, message: "three",
          metadata: ["app": "shop", "error": "first", "error_2": "second", "error_3": "third"]),
        Entry(level: .error, message: "four", metadata: ["app": "shop"]),
      ])
  }

  func testFieldsGetNamesOfTheirOwn() {
    let line = WorkerLogLine(.info, "", [.init("msg", "a"), .init("x", "b"), .init("x", "c"), .init("x_2", "d")])
    XCTAssertEqual(line.uniqueFields(besides: ["msg"]).map(\.name), ["msg_2", "x", "x_2", "x_2_2"])
  }
}
