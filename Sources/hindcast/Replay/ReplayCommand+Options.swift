import ArgumentParser
import Foundation
import HindcastCore
import HindcastLua
import HindcastRegistry
import HindcastReplay
import HindcastReport

extension ReplayCommand {
  /// How the replayer is to work.
  var options: ReplayOptions {
    var options = ReplayOptions()
    options.verdicts = emulate
    options.jobs = jobs?.value ?? ProcessInfo.processInfo.activeProcessorCount
    options.shakes = shake
    options.isStrict = strict
    if let workflowTimeout {
      options.timeout = workflowTimeout.nanoseconds == 0 ? nil : .nanoseconds(workflowTimeout.nanoseconds)
    }
    options.limits = limits
    options.collectsCoverage = coverage != nil
    options.types = Set(types)
    return options
  }

  private var limits: RunLimits {
    var limits = RunLimits()
    if let deadlockTimeout {
      limits.cpuTime = deadlockTimeout.nanoseconds == 0 ? nil : deadlockTimeout.nanoseconds
      limits.usesConfiguredTimeout = false
    }
    if let maxInstructions {
      limits.instructions = maxInstructions.value
      // Two limits would make the verdict depend on the machine again, unless a time was asked for as well.
      if deadlockTimeout == nil {
        limits.cpuTime = nil
        limits.usesConfiguredTimeout = false
      }
    }
    if let memoryLimit { limits.memory = memoryLimit.bytes }
    return limits
  }

  /// The part of the corpus to replay.
  var part: Shard { shard?.shard ?? .whole }

  /// Why no history got a verdict; nil where that is as it should be.
  var emptyReason: String? {
    let places = paths.joined(separator: ", ")
    // With more parts than files some are empty, which is nobody's fault as long as there are files.
    if part != .whole, Corpus(paths).makeIterator().hasNext { return nil }
    return types.isEmpty
      ? "no history found in \(places)" : "no history of type \(types.joined(separator: ", ")) found in \(places)"
  }

  func loader() throws(RegistryErrors) -> AppLoader {
    try AppLoader(directory: app, countsCoverage: coverage != nil)
  }

  // MARK: Words on the command line

  static func sdk(_ text: String) throws -> ReplayOptions.Verdicts {
    if text == "go" { return .goSDK }
    throw ValidationError("'\(text)' is no SDK that can be emulated; there is go.")
  }
}

extension CorpusIterator {
  fileprivate var hasNext: Bool {
    var copy = self
    return copy.next() != nil
  }
}
