import ArgumentParser
import Foundation
import HindcastCore
import HindcastLua
import HindcastReplay
import HindcastReport

/// `hindcast prune`: removes the histories that a suite is as good without.
struct PruneCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Delete histories that show nothing that the others do not.",
    discussion: """
      Replays the histories under the paths and keeps a small set, the shorter ones first, that still runs every line and \
      way of the code, has every version, type of event, rule and verdict. Histories that do not pass, or that an \
      expected.yaml names, are kept, but for exact copies of those that do not pass. A file with several histories is kept \
      or deleted as a whole.

      Says what goes and why, and asks before it deletes. Exit status: 0 when done or when nothing is to be done, 1 when \
      there is something to delete and nobody agreed to it, 2 for wrong usage, an input that cannot be read, or no history \
      found.
      """)

  @Argument(help: ArgumentHelp("Histories, or folders that hold them.", valueName: "path"))
  var paths: [String]

  @Option(
    help: ArgumentHelp("The app's folder. By default the nearest one at or above each history.", valueName: "dir"))
  var app: String?

  @Flag(help: "Only say what would be deleted.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "Delete without asking.")
  var yes = false

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Histories replayed at a time. By default one a core.", valueName: "n"))
  var jobs: PositiveArgument?

  func validate() throws {
    if paths.contains("-") { throw ValidationError("Standard input (-) cannot be pruned.") }
    if dryRun, yes { throw ValidationError("--dry-run and --yes exclude each other.") }
  }

  func execute(in console: Console) async -> ExitStatus {
    do {
      let loader = try AppLoader(directory: app, countsCoverage: true)
      guard let candidates = candidates(loader, console) else { return .unusable }
      let pruning = HistoryPruning(candidates)
      try describe(pruning, console)
      return try carryOut(pruning, console)
    } catch let error as OutputError {
      return console.fail(error)
    } catch {
      console.complain("\(error)")
      return .unusable
    }
  }

  /// The files; nil, after saying so, when some cannot be read or there is none.
  private func candidates(_ loader: AppLoader, _ console: Console) -> [PruneCandidate]? {
    var options = ReplayOptions()
    options.jobs = jobs?.value ?? ProcessInfo.processInfo.activeProcessorCount
    options.collectsCoverage = true
    var reading = HistoryReading(paths, console)
    // Paths can lead to one file in several ways: deleting it as a copy of itself would be a pity.
    var files: [String: String] = [:]
    var candidates: [String: PruneCandidate] = [:]
    reading.replay(Replayer(loader, options: options)) { verdict in
      let place = URL(filePath: verdict.file).resolvingSymlinksInPath().path
      if files[place, default: verdict.file] != verdict.file { return }
      files[place] = verdict.file
      if candidates[place]?.add(verdict) == nil { candidates[place] = PruneCandidate(verdict) }
    }
    guard reading.finish() != nil else { return nil }
    return Array(candidates.values)
  }

  // MARK: Words

  private func describe(_ pruning: HistoryPruning, _ console: Console) throws(OutputError) {
    for (candidate, decision) in zip(pruning.candidates, pruning.decisions) {
      let events = "\(candidate.events) \(candidate.events == 1 ? "event" : "events")"
      let word = decision.isKept ? "keep" : "drop"
      try console.output.write("\(word)  \(candidate.file)  \(events): \(Self.reason(decision))\n")
    }
    let (kept, dropped) = (pruning.kept, pruning.dropped)
    let events = dropped.reduce(0) { $0 + $1.events }
    try console.output.write(
      """

      \(pruning.candidates.count) files: \(kept.count) kept, \(dropped.count) to delete (\(events) events)
      the \(kept.count) show all that the \(pruning.candidates.count) do: \(Self.list(pruning.shown))

      """)
  }

  private static func reason(_ decision: HistoryPruning.Decision) -> String {
    switch decision {
    case .protected(.expected): "\(Suite.fileName) names it"
    case .protected(.notPassed(let verdict)): "it is \(verdict.rawValue)"
    case .kept(let counts): "it adds \(list(counts))"
    case .duplicate(let file): "the same as \(file)"
    case .within(let file): "\(file) shows all of it"
    case .covered: "those that are kept show all of it"
    }
  }

  private static func list(_ counts: [CorpusFeature.Kind: Int]) -> String {
    CorpusFeature.Kind.allCases.compactMap { kind in counts[kind].map { "\($0) \(kind.name(of: $0))" } }
      .joined(separator: ", ")
  }

  // MARK: Deeds

  private func carryOut(_ pruning: HistoryPruning, _ console: Console) throws(OutputError) -> ExitStatus {
    let files = pruning.dropped.map(\.file)
    if files.isEmpty || dryRun { return .success }
    let question = "Delete \(files.count == 1 ? "this file" : "these \(files.count) files")?"
    guard yes ? true : try console.confirms(question) else {
      console.complain("nothing was deleted; --yes deletes without asking")
      return .failure
    }
    var status = ExitStatus.success
    for file in files {
      do {
        try FileManager.default.removeItem(atPath: file)
      } catch {
        console.complain("error: \(file) cannot be deleted: \(error.localizedDescription)")
        status = .unusable
      }
    }
    return status
  }
}
