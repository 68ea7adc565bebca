import ArgumentParser
import HindcastHistory
import HindcastReport

/// `hindcast diff`: two recordings compared.
struct DiffCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two histories.",
    discussion: """
      Both are made canonical first: times, task IDs, versions and identities are left out, and IDs that were made up are \
      numbered as they appear. Exit status: 0 when the histories are the same, 1 when they differ.
      """)

  @Argument(help: ArgumentHelp("The first history, or - for standard input.", valueName: "a"))
  var first: String

  @Argument(help: ArgumentHelp("The second history.", valueName: "b"))
  var second: String

  func validate() throws {
    if first == "-", second == "-" { throw ValidationError("Standard input (-) can be read only once.") }
  }

  func execute(in console: Console) async -> ExitStatus {
    do {
      let left = try HistoryFiles.read(first, console)
      let right = try HistoryFiles.read(second, console)
      guard left.count == right.count else {
        console.complain(
          "error: \(first) holds \(left.count) histories and \(second) \(right.count): only files with as many can be compared"
        )
        return .unusable
      }
      var isSame = true
      for (left, right) in zip(left, right) {
        let report = DiffReport(left, right, palette: console.palette)
        try report.write(to: console.output)
        isSame = isSame && report.isEmpty
      }
      return isSame ? .success : .failure
    } catch let error as OutputError {
      return console.fail(error)
    } catch {
      console.complain("error: \(error)")
      return .unusable
    }
  }
}
