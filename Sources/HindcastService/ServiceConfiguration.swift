public import HindcastServer

/// How a ``TemporalService`` keeps its records and tells the time.
public struct ServiceConfiguration: Sendable {
  /// Where records are kept.
  public enum Storage: Sendable, Hashable {
    /// In memory: gone with the service.
    case memory
    /// In a SQLite database, which is made if it is not there. What was answered is on the disk.
    case file(_ path: String)
  }

  /// How time passes.
  public enum Clock: Sendable, Hashable {
    /// As on the wall.
    case real
    /// As on the wall, but what is idle waiting is skipped, unless skipping is locked: the Java test server's clock
    /// (`server.md` 18.1).
    case skipping(locked: Bool = true)
    /// Only by skipping. Nothing depends on how fast the machine is, so that what happens is the same each time.
    case virtual(start: ServerTime, locked: Bool = true)
  }

  /// Where records are kept.
  public var storage: Storage
  /// How time passes.
  public var clock: Clock
  /// Decides all ids and chances; `nil` takes another one each time, but the same with a virtual clock.
  public var seed: UInt64?
  /// What the server allows.
  public var limits = Limits()
  /// Namespaces that a new service has beside `default` and `temporal-system`.
  public var namespaces: [String]
  /// Bytes of histories that are held in front of the store, decoded, which takes about ten times as much memory.
  public var historyCacheBytes = 1 << 20

  /// A service in memory that lives in real time.
  public init(
    storage: Storage = .memory, clock: Clock = .real, seed: UInt64? = nil, namespaces: [String] = []
  ) {
    self.storage = storage
    self.clock = clock
    self.seed = seed
    self.namespaces = namespaces
  }
}
