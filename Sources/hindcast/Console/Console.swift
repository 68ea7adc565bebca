import ArgumentParser
import Foundation
import HindcastHistory
import HindcastReport

/// What surrounds a command: where it writes and reads.
struct Console {
  var output: any ReportOutput
  var errors: any ReportOutput
  var isOutputTerminal: Bool
  var isErrorTerminal: Bool
  var environment: [String: String]
  /// The folder that reports make paths relative to; absolute.
  var workingDirectory: String
  /// Reads standard input to its end.
  var readStandardInput: @Sendable () throws(HistoryError) -> [UInt8]
  /// When the command began, in UTC, as reports name it: `2026-01-02T03:04:05Z`; nil for reports without times.
  var startTime: String?
  /// Whether somebody sits at standard input and can be asked.
  var isInputTerminal = false
  /// Reads a line of standard input, without its end; nil at the end.
  var readAnswer: @Sendable () -> String? = { nil }

  /// The console of this process.
  static var process: Console {
    Console(
      output: DescriptorOutput(STDOUT_FILENO), errors: DescriptorOutput(STDERR_FILENO),
      isOutputTerminal: isatty(STDOUT_FILENO) == 1, isErrorTerminal: isatty(STDERR_FILENO) == 1,
      environment: ProcessInfo.processInfo.environment,
      workingDirectory: FileManager.default.currentDirectoryPath, readStandardInput: Self.readProcessInput,
      startTime: Date().formatted(.iso8601),
      isInputTerminal: isatty(STDIN_FILENO) == 1, readAnswer: { readLine() })
  }

  private static func readProcessInput() throws(HistoryError) -> [UInt8] {
    do {
      return Array(try FileHandle.standardInput.readToEnd() ?? Data())
    } catch {
      throw HistoryError(code: .unreadable, file: "<stdin>", message: "standard input cannot be read: \(error)")
    }
  }

  /// How many columns a report on standard output should keep to: the terminal's, or what `COLUMNS` says, or enough for a
  /// log or a file.
  var width: Int {
    let bounds = 40...400
    if let columns = environment["COLUMNS"].flatMap({ Int($0) }), bounds.contains(columns) { return columns }
    var size = winsize()
    guard isOutputTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, bounds.contains(Int(size.ws_col)) else {
      return TextReporter.defaultWidth
    }
    return Int(size.ws_col)
  }

  /// The colours for standard output: none unless it is a terminal that wants them (https://no-color.org).
  var palette: Palette {
    let refuses = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
    return Palette(isColored: isOutputTerminal && !refuses)
  }

  /// Asks a question; false also where nobody can be asked.
  func confirms(_ question: String) throws(OutputError) -> Bool {
    guard isInputTerminal else { return false }
    try errors.write("\(question) [y/N] ")
    let answer = (readAnswer() ?? "").lowercased().filter { !$0.isWhitespace }
    return answer == "y" || answer == "yes"
  }

  // MARK: Errors

  /// Writes a line to standard error. That nobody reads it is no reason to stop.
  func complain(_ line: String) {
    try? errors.write(line + "\n")
  }

  /// What to do when the report cannot be written.
  func fail(_ error: OutputError) -> ExitStatus {
    // Whoever closed a pipe has seen enough and wants no message.
    if error != .closed { complain("error: \(error)") }
    return .unusable
  }

  /// Writes what the argument parser has to say, or the error of a command.
  func report(_ error: any Error, from command: any ParsableCommand.Type) -> ExitStatus {
    if let error = error as? OutputError { return fail(error) }
    let text = command.fullMessage(for: error)
    if command.exitCode(for: error).isSuccess {
      do throws(OutputError) {
        try output.write(text + "\n")
        return .success
      } catch {
        return fail(error)
      }
    }
    if !text.isEmpty { complain(text) }
    return .unusable
  }
}
