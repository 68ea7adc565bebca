/// When and how the runtime's supervisor starts a service: the `lifecycle` block.
public struct LifecycleConfiguration: Hashable, Sendable, Configurable {
  /// What a failed start means for the app.
  public enum Startup: String, Hashable, Sendable, CaseIterable {
    /// The app does not start.
    case required
    /// The app starts without the service.
    case optional
  }

  /// Whether the service starts with the app.
  public var autoStart = false
  /// The services that must run first, in today's spelling.
  public var requires: [Reference] = []
  /// The services that must run first, in the older spelling.
  public var dependsOn: [Reference] = []
  /// What a failed start means.
  public var startup = Startup.required
  /// How long a start may take.
  public var startTimeout = GoDuration.seconds(10)
  /// How long a stop may take.
  public var stopTimeout = GoDuration.seconds(10)
  /// How long a service must run before its restarts are counted anew.
  public var stableThreshold = GoDuration.seconds(5)
  /// How restarts are spaced.
  public var restart = RestartConfiguration()
  /// The actor and policies the service runs under, as written.
  public var security = ConfigurationMap()

  /// The defaults.
  public init() {}

  /// Every service that must run first: `requires`, then `depends_on`, each once.
  public var requiredServices: [EntryID] {
    var seen: Set<EntryID> = []
    return (requires + dependsOn).map(\.id).filter { seen.insert($0).inserted }
  }

  static let fields: [Field<LifecycleConfiguration>] = [
    .bool("auto_start", \.autoStart, "Start with the app"),
    .ids("requires", \.requires, "Services that must run first"),
    .ids("depends_on", \.dependsOn, "Older spelling of requires"),
    .choice("startup", \.startup, isOpen: true, "Whether the app may start without the service"),
    .duration("start_timeout", \.startTimeout, "How long a start may take"),
    .duration("stop_timeout", \.stopTimeout, "How long a stop may take"),
    .duration("stable_threshold", \.stableThreshold, "How long a service must run to count as stable"),
    .object("restart", \.restart, "How restarts are spaced"),
    .map("security", \.security, "Actor and policies the service runs under"),
  ]
}

/// How the supervisor spaces the restarts of a failed service.
public struct RestartConfiguration: Hashable, Sendable, Configurable {
  /// The pause before the first restart.
  public var initialDelay = GoDuration.seconds(1)
  /// The longest pause.
  public var maxDelay = GoDuration.seconds(90)
  /// What each pause is multiplied by.
  public var backoffFactor = 2.0
  /// The random share of a pause.
  public var jitter = 0.1
  /// How often to restart; 0 for no limit.
  public var maxAttempts = 0

  /// The defaults.
  public init() {}

  static let fields: [Field<RestartConfiguration>] = [
    .duration("initial_delay", \.initialDelay, "Pause before the first restart"),
    .duration("max_delay", \.maxDelay, "Longest pause"),
    .number("backoff_factor", \.backoffFactor, "What each pause is multiplied by"),
    .number("jitter", \.jitter, "Random share of a pause"),
    .int("max_attempts", \.maxAttempts, "How often to restart, 0 for no limit"),
  ]
}
