/// Where a history came from: the file, its place in the file, and the form of the file.
public struct HistoryOrigin: Sendable, Equatable {
  /// The forms in which histories are exported (spec/replay.md, 1.1).
  public enum Container: String, Sendable, CaseIterable {
    /// Made in memory, not read.
    case memory
    /// `{"events": […]}`, possibly with further keys: the Temporal CLI, the Web UI, the SDKs.
    case history
    /// `[{"events": […]}, …]`: an array of histories, or of batches of one history.
    case historyArray
    /// `[{"eventId": …}, …]` or events one after the other: events without anything around them.
    case events
    /// `{"history": {"events": […]}}`: answers of `GetWorkflowExecutionHistory`, one or several pages.
    case response
    /// `{"rawHistory": [{"data": …}]}`: answers of the raw history API, or archived batches.
    case rawHistory
    /// A binary `temporal.api.history.v1.History`.
    case binaryHistory
    /// A binary `temporal.api.export.v1.WorkflowExecutions`: the export of Temporal Cloud.
    case binaryExport
    /// `{"items": [{"history": …}]}`: the JSON form of Temporal Cloud's export.
    case export
  }

  /// The file as its path was given, or the name given with the bytes; `nil` for a history made in memory.
  public var file: String?

  /// The place of this history among the histories of the file, from 0.
  public var index: Int

  /// How many histories the file holds.
  public var count: Int

  /// The form of the file.
  public var container: Container

  /// Whether the file was compressed with gzip.
  public var isCompressed: Bool

  /// Whether the file says that further events exist on pages it does not hold.
  public var isTruncated: Bool

  /// Runs of events that lie next to each other in the file, by the index of their first event, ascending.
  var segments: [Segment] = []

  /// The line on which each event begins; empty where the source has no lines.
  var lines: [UInt32] = []

  /// Events next to each other in one array of the file.
  struct Segment: Sendable, Equatable {
    /// The index in `WorkflowHistory.events` of the first event of the run.
    var firstIndex: Int
    /// The JSON pointer of the array.
    var pointer: String
    /// The index in that array of the first event of the run.
    var sourceIndex: Int
  }

  /// Describes an origin; without arguments, that of a history made in memory.
  public init(
    file: String? = nil, index: Int = 0, count: Int = 1, container: Container = .memory, isCompressed: Bool = false,
    isTruncated: Bool = false
  ) {
    self.file = file
    self.index = index
    self.count = count
    self.container = container
    self.isCompressed = isCompressed
    self.isTruncated = isTruncated
  }

  /// The JSON pointer (RFC 6901) of the event at an index of `WorkflowHistory.events`.
  ///
  /// For a binary source it is the pointer in the JSON form of the same message.
  public func pointer(toEventAt index: Int) -> String {
    guard let segment = segments.last(where: { $0.firstIndex <= index }) else { return "/events/\(index)" }
    return "\(segment.pointer)/\(segment.sourceIndex + index - segment.firstIndex)"
  }

  /// The line of the source, from 1, on which the event at an index of `WorkflowHistory.events` begins, where known.
  public func line(ofEventAt index: Int) -> Int? {
    lines.indices.contains(index) ? Int(lines[index]) : nil
  }

  /// The file, with the history's place in it when there are several: `export.binpb#3`.
  public var name: String {
    let file = file ?? "history"
    return count > 1 ? "\(file)#\(index + 1)" : file
  }
}
