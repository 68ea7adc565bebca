/// What ran of the sources that a `CoverageMap` lists, and how often.
public struct CoverageCounts: Sendable, Equatable {
  /// By the id of the unit.
  public var units: [String: Unit]

  /// Counts of nothing.
  public init() { units = [:] }

  /// Whether nothing ran.
  public var isEmpty: Bool { units.isEmpty }

  /// Adds other counts to these.
  public mutating func add(_ other: CoverageCounts) {
    for (id, counts) in other.units { units[id, default: Unit()].add(counts) }
  }

  /// What ran of one source.
  public struct Unit: Sendable, Equatable {
    /// How often each line of the file began to run; lines that did not are left out.
    public var lines: [Int: Int]
    /// How often each probe was reached; those that were not are left out.
    public var probes: [Int: Int]

    /// Makes counts.
    public init(lines: [Int: Int] = [:], probes: [Int: Int] = [:]) {
      self.lines = lines
      self.probes = probes
    }

    mutating func add(_ other: Unit) {
      lines.merge(other.lines) { $0 &+ $1 }
      probes.merge(other.probes) { $0 &+ $1 }
    }
  }
}

/// The version of a change that workflow code was told.
public struct VersionUse: Sendable, Hashable {
  /// The change.
  public var changeID: String
  /// The version; −1 for runs that began before the change.
  public var version: Int
  /// The oldest version that the code asked for.
  public var minimum: Int
  /// The newest one.
  public var maximum: Int

  /// Makes a use.
  public init(changeID: String, version: Int, minimum: Int, maximum: Int) {
    self.changeID = changeID
    self.version = version
    self.minimum = minimum
    self.maximum = maximum
  }
}
