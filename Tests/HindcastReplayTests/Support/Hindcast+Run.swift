import HindcastReport

@testable import hindcast

extension Hindcast {
  /// Runs the tool in this process, without a terminal and with nothing on standard input.
  ///
  /// - Parameter answer: What somebody types when they are asked; nil: nobody is there.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: String = "/", answer: String? = nil
  ) async -> (status: ExitStatus, output: String, errors: String) {
    let (output, errors) = (MemoryOutput(), MemoryOutput())
    let console = Console(
      output: output, errors: errors, isOutputTerminal: false, isErrorTerminal: false, environment: environment,
      workingDirectory: folder, readStandardInput: { [] }, isInputTerminal: answer != nil, readAnswer: { answer })
    let status = await run(arguments, console: console)
    return (status, output.text, errors.text)
  }
}
