public import HindcastCore

/// What the linter looks for. Raw values are stable: reports and comments that suppress findings name them.
public enum LintRule: String, Sendable, Hashable, CaseIterable, Codable {
  // Code that cannot be read, or an app that cannot be loaded.
  case syntax = "lint-syntax"
  case app = "lint-app"
  // Code that raises where it runs.
  case missingModule = "lint-missing-module"
  case unavailable = "lint-unavailable"
  case undefinedGlobal = "lint-undefined-global"
  case immutableLibrary = "lint-immutable-library"
  case chunkCommand = "lint-chunk-command"
  // Code that does not do the same on replay.
  case random = "lint-random"
  case clock = "lint-clock"
  case localZone = "lint-local-zone"
  case address = "lint-address"
  case pairsCommands = "lint-pairs-commands"
  case globalRead = "lint-global-read"
  // Versions.
  case versionRange = "lint-version-range"
  case versionConflict = "lint-version-conflict"
  case versionUnreachable = "lint-version-unreachable"
  case versionID = "lint-version-id"
  // Activities and children.
  case unknownTarget = "lint-unknown-target"
  case activityTimeout = "lint-activity-timeout"
  case unawaited = "lint-unawaited"
  // Comments that suppress findings.
  case suppression = "lint-suppression"

  /// What the rule is about, in one sentence without a full stop.
  public var summary: String {
    switch self {
    case .syntax: "The source is no Lua that the runtime reads"
    case .app: "The app's entries have a problem"
    case .missingModule: "A module is used that the entry does not declare"
    case .unavailable: "A function of stock Lua is used that the runtime does not have"
    case .undefinedGlobal: "A global is called or indexed that nothing defines"
    case .immutableLibrary: "A field of a library table is assigned, which the runtime refuses"
    case .chunkCommand: "A command is issued while the script loads, where nothing may wait"
    case .random: "A random number is used that the history does not record"
    case .clock: "A clock is read that is another one after a restart of the worker"
    case .localZone: "The result depends on the time zone of the worker's machine"
    case .address: "The address of a table or function becomes text"
    case .pairsCommands: "Commands are issued in a loop over pairs, whose order differs from run to run"
    case .globalRead: "A global is read that functions write"
    case .versionRange: "The least version is above the greatest"
    case .versionConflict: "A change is asked for with different ranges of versions"
    case .versionUnreachable: "A version is compared with one that it cannot be"
    case .versionID: "The name of a change is not literal"
    case .unknownTarget: "What is called is no entry of the app that Temporal could run"
    case .activityTimeout: "An activity has no timeout of its own"
    case .unawaited: "Nobody looks at the result of an activity"
    case .suppression: "A comment that suppresses findings does not do what it says"
    }
  }

  /// How much a finding matters unless it says otherwise.
  public var severity: Severity {
    switch self {
    case .syntax, .app, .missingModule, .unavailable, .undefinedGlobal, .immutableLibrary, .chunkCommand, .random,
      .versionRange:
      .error
    case .clock, .localZone, .address, .pairsCommands, .globalRead, .versionConflict, .versionUnreachable, .versionID,
      .unknownTarget, .suppression:
      .warning
    case .activityTimeout, .unawaited: .info
    }
  }

  /// Why it matters and what to do about it.
  public var advice: String {
    switch self {
    case .syntax: "The workflow fails to load. The message names what was expected."
    case .app: "Replaying and running read the same entries: what is an error here keeps the app from loading."
    case .missingModule:
      "`require` raises for it, and the global is nil. Name the module under modules: of the entry, or a library under imports:. A "
        + "module that sees the world outside is not for workflows: call a function that uses it as an activity."
    case .unavailable: "Wippy's Lua lacks it, so the call raises. Use what the runtime has, or call an activity."
    case .undefinedGlobal:
      "The global is nil, so calling or indexing it raises. Correct the name, or declare what defines it."
    case .immutableLibrary: "Assigning raises an error. Keep additions in a table of your own."
    case .chunkCommand: "A script must not wait while it loads. Move the call into the function that the entry starts."
    case .random: "A replay gets other numbers and may go another way. What crypto.random and uuid give is recorded."
    case .clock: "A replay reads another value. time.now() in the workflow's function is the workflow's clock."
    case .localZone: "Workers in different zones disagree. Name the zone, or use UTC."
    case .address: "Addresses differ in every process. Use an id, or json.encode for the content."
    case .pairsCommands:
      "String keys come in another order in every process, so a replay meets the commands in another order than the history. Sort "
        + "the keys and loop over them with ipairs."
    case .globalRead:
      "What the global holds depends on which function ran last, and its name may shadow a module or an import. Make it local."
    case .versionRange: "workflow.version refuses the range. Swap the two, or correct them."
    case .versionConflict:
      "The first call decides the version for the whole run, so the second range holds only by chance. Ask once, and keep the "
        + "version in a local."
    case .versionUnreachable: "The branch is dead code, or the range is wrong. Remove the branch, or widen the range."
    case .versionID: "Nobody can tell which histories need the branch still. Give every change a name of its own."
    case .unknownTarget:
      "The activity or child waits for a worker that never comes. Correct the name, or register the entry on a worker."
    case .activityTimeout:
      "A worker that dies is noticed only when the runtime's 10 minutes are over. Say how long an attempt may take."
    case .unawaited:
      "The workflow may end before the activity, and its failure goes unnoticed. Receive from the future."
    case .suppression: "Name an existing rule, on the line of the finding or alone on the line above."
    }
  }
}
