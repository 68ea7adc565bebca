import ArgumentParser
import Foundation
import HindcastReplay

/// `hindcast bisect`: which commit broke replay.
struct BisectCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "bisect",
    abstract: "Find the commit that broke replay.",
    discussion: """
      The histories, as they are now, are replayed against the app as it was in commits between GOOD and BAD, each checked \
      out into a temporary worktree: the files, the index, the branch and the stash of the repository stay untouched. \
      Merges are followed into their branches; commits at which the app does not load are passed over.

      Exit status: 0 when the commit is found, 1 when there is none or several may be it, 2 for wrong usage.
      """)

  @Argument(
    help: ArgumentHelp("A commit at which replay passed, and one at which it does not.", valueName: "good..bad"))
  var range: CommitRange

  @Argument(help: ArgumentHelp("Histories, folders that hold them, or - for standard input.", valueName: "path"))
  var paths: [String]

  @Option(help: ArgumentHelp("The app's folder, in a git repository.", valueName: "dir"))
  var app: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Histories replayed at a time. By default one a core.", valueName: "n"))
  var jobs: PositiveArgument?

  @Flag(help: "Treat warnings as failures.")
  var strict = false

  func validate() throws {
    if paths.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input (-) can be read only once.") }
  }

  func execute(in console: Console) async -> ExitStatus {
    do throws(BisectSession.Failure) {
      try bisect(in: console)
      return .success
    } catch {
      switch error {
      case .output(let error): return console.fail(error)
      case .ended(let status, let reason, let hint):
        console.complain("error: \(reason)" + (hint.map { " (\($0))" } ?? ""))
        return status
      }
    }
  }

  private func bisect(in console: Console) throws(BisectSession.Failure) {
    let repository: AppRepository
    let (good, graph): (String, CommitGraph)
    do throws(GitError) {
      let directory = app.hasPrefix("/") ? app : console.workingDirectory + "/" + app
      repository = try AppRepository(ofApp: directory, environment: console.environment)
      good = try repository.commit(named: range.good)
      let bad = try repository.commit(named: range.bad)
      graph = try repository.commits(from: good, to: bad, range: range)
      if try repository.tree(of: bad) == nil {
        throw GitError("there is no folder \(repository.folderName) in \(range.bad)")
      }
    } catch {
      throw .ended(.unusable, "\(error)", hint: error.hint)
    }
    let suite = BisectSuite(Corpus(paths, standardInput: console.readStandardInput))
    suite.complaints.forEach(console.complain)
    if suite.isUnreadable { throw .ended(.unusable, "not every history can be read") }
    if suite.sources.isEmpty { throw .ended(.unusable, "no history found in \(paths.joined(separator: ", "))") }

    let worktree: BisectWorktree
    do {
      worktree = try BisectWorktree(of: repository, temporaryDirectory: FileManager.default.temporaryDirectory.path)
    } catch {
      throw .ended(.unusable, "\(error)")
    }
    let signals = StopSignals { number in
      worktree.remove { StopSignals.die(of: number) }
    }
    defer {
      worktree.remove()
      signals.ignore()
    }
    do {
      try worktree.add(at: good)
    } catch {
      throw .ended(.unusable, "\(error)", hint: error.hint)
    }
    var progress = ProgressLine(console)
    let judge = BisectJudge(repository, worktree, sources: suite.sources, options: options) { done, total in
      if done == total { progress.clear() } else { progress.show("\(done) of \(total) histories replayed …") }
    }
    var session = BisectSession(
      repository, worktree, range, good: good, graph: graph, judge: judge,
      report: BisectReport(to: console.output, palette: console.palette))
    defer { session.complaints.forEach(console.complain) }
    try session.run(histories: suite.sources.count)
  }

  private var options: ReplayOptions {
    var options = ReplayOptions()
    options.jobs = jobs?.value ?? ProcessInfo.processInfo.activeProcessorCount
    options.isStrict = strict
    return options
  }
}
