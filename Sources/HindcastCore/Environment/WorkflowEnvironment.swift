import TemporalAPI

/// What workflow code can ask for: the Go SDK's workflow environment, for one run.
///
/// Every request predicts its event id, adds a command and returns at once; results come back through
/// `WorkflowInstance.resolve`. A request that the history rules out throws a `TaskFailure`, after which the instance must stop
/// running code and let the failure through.
public final class WorkflowEnvironment {
  /// What the code can know of its run.
  public internal(set) var info: WorkflowInfo
  /// The time that code sees: the start of the present workflow task; it never goes back.
  public internal(set) var now = WorkflowTime.zero
  /// Whether the present task was completed before, so that effects on the world must not be repeated.
  public internal(set) var isReplaying = true
  /// How the workflow ended, once it has. Code must not run after that.
  public internal(set) var completion: Completion?
  /// Where the code stood when it ended.
  public internal(set) var completionLocation: SourceLocation?
  /// Whether whole stacks are kept with each command; costs time, so it is on only when a report needs them.
  public let capturesStacks: Bool
  /// Remarks about the code, such as the use of something that does not replay; each is kept once for a place.
  public private(set) var warnings: [Finding] = []
  /// Where workflow code's log lines and `print` go.
  public var logger: (@Sendable (WorkflowLogLine) -> Void)?

  var ledger = CommandLedger()
  var flags = SDKFlags()
  var outbox: [Temporal_Api_Protocol_V1_Message] = []
  var updates: [String: UpdateProtocol] = [:]
  var versions: [String: Int] = [:]
  var versionOrder: [String] = []
  var usedVersions: Set<String> = []
  /// What the code was told of its versions, each answer once.
  var versionUses: [VersionUse] = []
  var sideEffects = SideEffectRecord()
  var localActivities = LocalActivityRecord()
  /// The stack where the workflow ended, if stacks are kept.
  public internal(set) var completionStack: [StackFrame] = []
  var isCloseCommandTaken = false
  weak var instance: (any WorkflowInstance)?
  /// Who answers where a replay would fail; nil in a replay.
  weak var prompter: (any RehearsalPrompter)?
  private var lastOperation = 0

  /// Makes the environment of a run.
  public init(info: WorkflowInfo, capturesStacks: Bool = false) {
    self.info = info
    self.capturesStacks = capturesStacks
  }

  // MARK: Ending

  /// The workflow code has ended; only the first end counts.
  public func complete(_ completion: Completion) {
    guard self.completion == nil else { return }
    self.completion = completion
    completionLocation = instance?.currentLocation
    if capturesStacks { completionStack = instance?.currentStack ?? [] }
  }

  // MARK: Commands

  /// Whether the flag may be used in this task; turns it on for the run when the task is new.
  public func tryUse(_ flag: SDKFlags.Flag) -> Bool {
    flags.tryUse(flag, recording: !isReplaying)
  }

  /// Remarks on something that the code does, which breaks no rule of the SDK. Repeated remarks on a place count once.
  public func warn(
    _ rule: RuleCode, _ message: String, severity: Severity = .warning, location: SourceLocation? = nil,
    eventID: Int64? = nil
  ) {
    let location = location ?? instance?.currentLocation
    guard !warnings.contains(where: { $0.rule == rule && $0.location == location && $0.eventID == eventID }) else {
      return
    }
    warnings.append(Finding(rule, severity, message, eventID: eventID, location: location))
  }

  func newOperation() -> OperationID {
    lastOperation += 1
    return OperationID(rawValue: lastOperation)
  }

  func issue(
    _ command: Temporal_Api_Command_V1_Command, update: UpdateExpectation? = nil
  ) -> IssuedCommand {
    IssuedCommand(
      command: command, location: instance?.currentLocation, stack: capturesStacks ? instance?.currentStack ?? [] : [],
      update: update)
  }

  func issue(_ type: Temporal_Api_Enums_V1_CommandType, _ fill: (inout Temporal_Api_Command_V1_Command) -> Void)
    -> IssuedCommand
  {
    var command = Temporal_Api_Command_V1_Command()
    command.commandType = type
    fill(&command)
    return issue(command)
  }

  /// Cuts the ties to the instance, so that both can be released.
  func detach() {
    instance = nil
  }
}

/// A line that workflow code logged or printed.
public struct WorkflowLogLine: Sendable {
  /// `debug`, `info`, `warn` or `error`.
  public var level: String
  /// The message.
  public var message: String
  /// Named values, in the order of their names.
  public var fields: [(String, String)]
  /// Where the code stood.
  public var location: SourceLocation?

  /// Makes a line.
  public init(level: String, message: String, fields: [(String, String)] = [], location: SourceLocation? = nil) {
    self.level = level
    self.message = message
    self.fields = fields
    self.location = location
  }
}
