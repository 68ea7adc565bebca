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
}
