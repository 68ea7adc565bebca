public import HindcastCore

/// A line of a worker's log.
public struct WorkerLogLine: Sendable, Hashable {
  /// How much a line matters.
  public enum Level: String, Sendable, Hashable, CaseIterable, Comparable {
    /// What only the search for a fault needs.
    case debug
    /// What happens in normal work.
    case info
    /// What the worker gets over by itself.
    case warning
    /// What somebody should look at.
    case error

    /// By weight, debug lowest.
    public static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }

    private var rank: Int {
      switch self {
      case .debug: 0
      case .info: 1
      case .warning: 2
      case .error: 3
      }
    }
  }

  /// A named value beside the message.
  public struct Field: Sendable, Hashable {
    /// The name, such as `workflowId`.
    public var name: String
    /// The value as text.
    public var value: String

    /// Makes a field.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// How much it matters.
  public var level: Level
  /// One sentence.
  public var message: String
  /// What it is about, in the order to show it.
  public var fields: [Field]

  /// Makes a line.
  public init(_ level: Level, _ message: String, _ fields: [Field] = []) {
    self.level = level
    self.message = message
    self.fields = fields
  }
}

extension WorkerLogLine {
  /// A line that workflow or activity code logged.
  ///
  /// - Parameters:
  ///   - line: What the code said.
  ///   - run: Which run said it; stands behind the code's own fields.
  public init(_ line: WorkflowLogLine, of run: [Field] = []) {
    var fields = line.fields.map { Field($0.0, $0.1) }
    if let location = line.location { fields.append(Field("location", "\(location)")) }
    self.init(Self.levels[line.level] ?? .info, line.message, fields + run)
  }

  private static let levels: [String: Level] = ["debug": .debug, "info": .info, "warn": .warning, "error": .error]
}

/// Where the lines of a worker go; called from any thread.
public typealias WorkerLog = @Sendable (WorkerLogLine) -> Void
