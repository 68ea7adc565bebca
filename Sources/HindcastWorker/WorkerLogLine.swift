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

/// Where the lines of a worker go; called from any thread.
public typealias WorkerLog = @Sendable (WorkerLogLine) -> Void
