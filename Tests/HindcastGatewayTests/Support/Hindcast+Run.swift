#if GRPC
@testable import hindcast
import HindcastHistory
import HindcastReport

extension Hindcast {
  /// Runs the tool in this process, without a terminal and with nothing on standard input.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: String = "/"
  ) async -> (status: ExitStatus, output: String, errors: String) {
    let (output, errors) = (MemoryOutput(), MemoryOutput())
    let console = Console(
      output: output, errors: errors, isOutputTerminal: false, isErrorTerminal: false, environment: environment,
      workingDirectory: folder, readStandardInput: { () throws(HistoryError) -> [UInt8] in [] })
    let status = await run(arguments, console: console)
    return (status, output.text, errors.text)
  }
}
#endif
