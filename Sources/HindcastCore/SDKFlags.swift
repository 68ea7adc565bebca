/// The SDK flags of one run: what the history says was in use, and what this worker turns on itself.
///
/// Source: sdk-go `internal_flags.go`; a flag that the history does not name is off while replaying.
public struct SDKFlags: Sendable, Hashable {
  /// A flag of the Go SDK, by its number in `langUsedFlags`.
  public enum Flag: UInt32, Sendable, CaseIterable, Comparable {
    case limitChangeVersionSASize = 1
    case childWorkflowErrorExecution = 2
    case protocolMessageCommand = 3
    case priorityUpdateHandling = 4
    case blockedSelectorSignalReceive = 5
    case cancelAwaitTimerOnCondition = 6
    case memoUserDCEncode = 7
    case workflowNewChannelLostMessages = 8

    /// Whether a worker turns the flag on for new tasks.
    var isOnByDefault: Bool { self != .cancelAwaitTimerOnCondition }

    /// By number.
    public static func < (a: Flag, b: Flag) -> Bool { a.rawValue < b.rawValue }
  }

  private var current: UInt32 = 0
  private var new: UInt32 = 0

  /// No flag is set.
  public init() {}

  /// Whether the flag is in use.
  public func contains(_ flag: Flag) -> Bool { (current | new) & (1 << flag.rawValue) != 0 }

  mutating func set(_ flag: Flag) { current |= 1 << flag.rawValue }

  /// Whether the flag may be used now; while `recording` (not replaying) a default flag is turned on by asking.
  mutating func tryUse(_ flag: Flag, recording: Bool) -> Bool {
    if contains(flag) { return true }
    guard recording, flag.isOnByDefault else { return false }
    new |= 1 << flag.rawValue
    return true
  }

  /// The flags turned on since the last call, for `sdkMetadata.langUsedFlags`; they count as recorded from now on.
  mutating func takeNew() -> [Flag] {
    defer {
      current |= new
      new = 0
    }
    return Flag.allCases.filter { new & (1 << $0.rawValue) != 0 }
  }
}
