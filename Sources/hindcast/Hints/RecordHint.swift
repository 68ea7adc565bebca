#if !Server
import ArgumentParser

/// `hindcast record` in a build without the in-process server: says how to get one that has it.
struct RecordCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Record histories anew with the present code.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []

  func execute(in console: Console) async -> ExitStatus {
    console.complain(
      """
      error: this build of hindcast has no server in it: the server and its store were left out to keep the build short.
      Build and run it with: swift run --traits Server hindcast record
      """)
    return .unusable
  }
}
#endif
