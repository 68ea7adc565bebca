public import HindcastCore
public import HindcastReplay

/// What histories ran of an app's code, file by file.
public struct CoverageReport: Sendable {
  /// How much of something was covered.
  public struct Share: Sendable, Equatable {
    /// How many.
    public var covered = 0
    /// Of how many.
    public var total = 0

    /// 0 to 100; 100 where there is nothing to cover.
    public var percent: Double { total == 0 ? 100 : Double(covered) * 100 / Double(total) }

    mutating func add(_ isCovered: Bool) {
      total += 1
      if isCovered { covered += 1 }
    }

    mutating func add(_ other: Share) {
      covered += other.covered
      total += other.total
    }
  }

  /// A function or a way that code may go.
  public struct Place: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// The line where it begins.
    public var line: Int
    /// How often it was reached.
    public var count: Int
  }

  /// A place where code goes one of several ways.
  public struct Branch: Sendable, Equatable {
    /// The line where it begins.
    public var line: Int
    /// The ways.
    public var arms: [Place]

    /// Whether code came here at all.
    public var isReached: Bool { arms.contains { $0.count > 0 } }
  }

  /// The sources of one file.
  public struct File: Sendable, Equatable {
    /// Its path for the user.
    public var path: String
    /// How often each line with code began to run.
    public var lines: [(line: Int, count: Int)] = []
    /// Its functions, by line.
    public var functions: [Place] = []
    /// Its branches, by line.
    public var branches: [Branch] = []
    /// Why nothing is known of an entry in it.
    public var error: String?

    /// The lines that ran.
    public var lineShare: Share { Share(covered: lines.count { $0.count > 0 }, total: lines.count) }
    /// The functions that were called.
    public var functionShare: Share { Share(covered: functions.count { $0.count > 0 }, total: functions.count) }
    /// The arms of branches that were taken.
    public var branchShare: Share {
      branches.reduce(into: Share()) { share, branch in
        for arm in branch.arms { share.add(arm.count > 0) }
      }
    }

    /// Whether two files have the same coverage.
    public static func == (a: File, b: File) -> Bool {
      a.path == b.path && a.functions == b.functions && a.branches == b.branches && a.error == b.error
        && a.lines.elementsEqual(b.lines) { $0 == $1 }
    }
  }

  /// A change that code asks the version of.
  public struct Change: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// Where the code asks for it, `file:line`; nil where only histories told of it.
    public var place: String?
    /// Each version that the code supports, or was told, and in how many histories it was told it.
    public var versions: [(version: Int, histories: Int)] = []

    /// Whether two changes have the same coverage.
    public static func == (a: Change, b: Change) -> Bool {
      a.id == b.id && a.place == b.place && a.versions.elementsEqual(b.versions) { $0 == $1 }
    }
  }

  /// The files with workflow code, by path.
  public private(set) var files: [File] = []
  /// The changes, by id.
  public private(set) var changes: [Change] = []
  /// The types of events, by name.
  public private(set) var eventTypes: [(name: String, events: Int, histories: Int)] = []
  /// The histories that ran code.
  public private(set) var histories: Int
  /// Those of them that were not as they should be.
  public private(set) var unacceptable: Int

  /// Lays what ran over what there is.
  ///
  /// - Parameters:
  ///   - totals: what ran.
  ///   - apps: the apps that it ran in.
  ///   - workingDirectory: the folder that paths are made relative to; absolute.
  public init(_ totals: CoverageTotals, of apps: [AppCode], workingDirectory: String) {
    histories = totals.histories
    unacceptable = totals.unacceptable
    eventTypes = totals.eventTypes.sorted { $0.key < $1.key }.map { ($0.key, $0.value.events, $0.value.histories) }
    var builder = CoverageReportBuilder(workingDirectory: workingDirectory)
    for app in apps.sorted(by: { ($0.directory ?? "") < ($1.directory ?? "") }) { builder.add(app, totals) }
    files = builder.files
    changes = builder.changes
  }

  /// The lines of all files.
  public var lines: Share { total(\.lineShare) }
  /// The functions of all files.
  public var functions: Share { total(\.functionShare) }
  /// The arms of the branches of all files.
  public var branches: Share { total(\.branchShare) }
  /// The versions of all changes.
  public var versions: Share {
    changes.reduce(into: Share()) { share, change in
      for version in change.versions { share.add(version.histories > 0) }
    }
  }

  private func total(_ share: KeyPath<File, Share>) -> Share {
    files.reduce(into: Share()) { $0.add($1[keyPath: share]) }
  }
}
