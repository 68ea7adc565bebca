import ArgumentParser
import HindcastHistory
import HindcastReport

/// `hindcast show`: a history to read.
struct ShowCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a history as a timeline of its workflow tasks.")

  @Argument(help: ArgumentHelp("A file with histories, or - for standard input.", valueName: "file"))
  var file: String

  func execute(in console: Console) async -> ExitStatus {
    do {
      for (index, history) in try HistoryFiles.read(file, console).enumerated() {
        if index > 0 { try console.output.write("\n") }
        try Timeline(history, palette: console.palette).write(to: console.output)
      }
      return .success
    } catch let error as OutputError {
      return console.fail(error)
    } catch {
      console.complain("error: \(error)")
      return .unusable
    }
  }
}
