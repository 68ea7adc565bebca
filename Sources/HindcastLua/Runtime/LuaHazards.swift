import HindcastCore
import HindcastRegistry

/// A way to write workflow code that does not replay reliably.
enum LuaHazard {
  case commandInPairsLoop
  case random
  case hostLooksLikeEntry
  case liveRegistry

  /// The rule under which the remark is reported.
  var rule: RuleCode {
    switch self {
    case .commandInPairsLoop: .commandsInPairsLoop
    case .random: .randomUsed
    case .hostLooksLikeEntry, .liveRegistry: .hazard
    }
  }
}

extension LuaWorkflowInstance {
  /// Remarks on `math.random`, whose numbers upstream does not record.
  func warnOfRandom() {
    for unit in run.blueprint.units {
      guard let line = unit.randomLine else { continue }
      environment.warn(
        .randomUsed, "math.random is not recorded: what depends on it does not replay; use crypto.random",
        location: unit.location(line))
    }
  }

  /// Remarks on an operation inside a loop over `pairs`, whose order changes from process to process upstream.
  func warnOfLoop(_ operation: Operation, _ task: LuaTask) {
    guard !run.blueprint.loopingUnits.isEmpty, operation.issuesCommand else { return }
    task.thread.forEachLine { chunk, line in
      for unit in run.blueprint.loopingUnits where unit.id.utf8.elementsEqual(chunk) {
        guard unit.pairsLoops.contains(where: { $0.contains(line) }) else { continue }
        environment.warn(
          .commandsInPairsLoop,
          "commands are issued inside a loop over pairs, whose order upstream does not keep from run to run",
          location: unit.location(line))
        return false
      }
      return true
    }
  }

  /// Remarks on a host that names a registry entry: upstream takes it for the name of a task queue.
  func warnOfHost(_ call: ChildCall) {
    let host = EntryID(parsing: call.host)
    guard !host.namespace.isEmpty, !host.name.isEmpty else { return }
    warn(
      .hostLooksLikeEntry,
      "the host \(call.host) is used as the name of a task queue, not looked up as an entry; give the queue's name")
  }
}

extension Operation {
  /// Whether the operation issues a command, or starts something that will.
  var issuesCommand: Bool {
    switch self {
    case .stopTimer, .watch, .unknown: false
    default: true
    }
  }
}
