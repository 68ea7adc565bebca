#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Reads workflow histories in every form in which they are exported.
///
/// The form is recognised by content, never by the name of the file; gzip is undone first. What had to be interpreted is in
/// `WorkflowHistory.notes`.
public enum HistoryReader {
  /// How many bytes a compressed file may expand to, if the caller does not say: 512 MiB.
  public static let defaultDecompressedLimit = 512 << 20

  /// The histories in a file, at least one.
  ///
  /// - Parameters:
  ///   - path: the file; it appears in errors and in `HistoryOrigin.file` as it is given.
  ///   - decompressedLimit: how many bytes a compressed file may expand to.
  /// - Throws: `HistoryError`, with the place of the fault.
  public static func histories(
    inFile path: String, decompressedLimit: Int = defaultDecompressedLimit
  ) throws(HistoryError) -> [WorkflowHistory] {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw HistoryError(code: .unreadable, file: path, message: unreadable(path))
    }
    return try histories(from: bytes, named: path, decompressedLimit: decompressedLimit)
  }

  private static func unreadable(_ path: String) -> String {
    var isDirectory: Bool {
      (try? FileManager.default.attributesOfItem(atPath: path)[.type]) as? FileAttributeType == .typeDirectory
    }
    guard FileManager.default.fileExists(atPath: path) else { return "there is no such file" }
    return isDirectory ? "it is a folder, not a file" : "the file cannot be read"
  }

  /// The histories in bytes that are already in memory, at least one.
  ///
  /// - Parameters:
  ///   - bytes: the content of a file.
  ///   - name: what to call the file in errors and in `HistoryOrigin.file`.
  ///   - decompressedLimit: how many bytes a compressed file may expand to.
  /// - Throws: `HistoryError`, with the place of the fault.
  public static func histories(
    from bytes: Data, named name: String, decompressedLimit: Int = defaultDecompressedLimit
  ) throws(HistoryError) -> [WorkflowHistory] {
    try read(name) { try bytes.withUnsafeBytes { try source($0, name, decompressedLimit) } }
  }

  /// The histories in bytes that are already in memory, at least one.
  ///
  /// - Parameters:
  ///   - bytes: the content of a file.
  ///   - name: what to call the file in errors and in `HistoryOrigin.file`.
  ///   - decompressedLimit: how many bytes a compressed file may expand to.
  /// - Throws: `HistoryError`, with the place of the fault.
  public static func histories(
    from bytes: [UInt8], named name: String, decompressedLimit: Int = defaultDecompressedLimit
  ) throws(HistoryError) -> [WorkflowHistory] {
    try read(name) { try bytes.withUnsafeBytes { try source($0, name, decompressedLimit) } }
  }

  /// Only `HistoryError`s come out of the bodies; the closures of the standard library lose that.
  private static func read(
    _ name: String, _ body: () throws -> [WorkflowHistory]
  ) throws(HistoryError) -> [WorkflowHistory] {
    do {
      return try body()
    } catch let error as HistoryError {
      throw error
    } catch {
      throw HistoryError(code: .unrecognized, file: name, message: "cannot be read: \(error)")
    }
  }

  // MARK: Forms

  private static func source(
    _ bytes: UnsafeRawBufferPointer, _ name: String, _ limit: Int
  ) throws -> [WorkflowHistory] {
    guard Gzip.isCompressed(bytes) else { return try content(bytes, name, isCompressed: false) }
    let content: [UInt8]
    do {
      content = try Gzip.decompress(bytes, limit: limit)
    } catch {
      throw located(error, name)
    }
    return try content.withUnsafeBytes { try self.content($0, name, isCompressed: true) }
  }

  private static func content(
    _ bytes: UnsafeRawBufferPointer, _ name: String, isCompressed: Bool
  ) throws -> [WorkflowHistory] {
    let text = bytes.bindMemory(to: UInt8.self)
    switch try Sniff.form(of: text, named: name) {
    case .json(let start):
      var document = JSONDocument(text, from: start)
      do {
        try document.read()
      } catch let fault as ReadFault {
        throw located(fault, name, in: text, isSequence: document.isSequence)
      }
      let notes = NoteList(document.decoder.notes, in: text, isSequence: document.isSequence)
      return histories(HistoryDraft.drafts(from: document.pages), name, isCompressed) { notes.notes($0) }
    case .binary:
      do {
        return histories(HistoryDraft.drafts(from: try BinaryDocument.pages(of: bytes)), name, isCompressed) { _ in [] }
      } catch let fault as ReadFault {
        throw located(fault, name)
      }
    }
  }

  private static func histories(
    _ drafts: [HistoryDraft], _ name: String, _ isCompressed: Bool, notes: ([Range<Int>]) -> [HistoryNote]
  ) -> [WorkflowHistory] {
    drafts.enumerated().map { index, draft in
      var origin = HistoryOrigin(
        file: name, index: index, count: drafts.count, container: draft.container, isCompressed: isCompressed,
        isTruncated: draft.hasNextPage)
      origin.segments = draft.segments
      origin.lines = draft.lines
      var all = notes(draft.rawNotes) + draft.notes
      if draft.hasNextPage { all.append(HistoryNote(kind: .truncated, pointer: "")) }
      return WorkflowHistory(
        events: draft.events, workflowID: draft.workflowID, runID: draft.runID, origin: origin, notes: all)
    }
  }

  // MARK: Places

  /// The error for a fault in a source without lines.
  private static func located(_ fault: ReadFault, _ name: String) -> HistoryError {
    HistoryError(code: fault.code, file: name, offset: fault.offset, message: fault.message, hint: fault.hint)
  }

  /// The error for a fault in a text.
  private static func located(
    _ fault: ReadFault, _ name: String, in text: UnsafeBufferPointer<UInt8>, isSequence: Bool
  ) -> HistoryError {
    var locator = SourceLocator(text, isSequence: isSequence)
    let place = locator.places(of: [fault.offset]).first
    let (line, column) = SourceLocator.lineAndColumn(of: fault.offset, in: text)
    return HistoryError(
      code: fault.code, file: name, eventID: place?.eventID, pointer: place?.pointer, offset: fault.offset, line: line,
      column: column, message: fault.message, hint: fault.hint)
  }
}
