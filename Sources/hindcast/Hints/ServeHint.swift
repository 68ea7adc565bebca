#if !(GRPC && Server)
import ArgumentParser

/// `hindcast serve` in a build without gRPC or the server: says how to get one that has both.
struct ServeCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve a Temporal server of Hindcast's own.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []

  func execute(in console: Console) async -> ExitStatus {
    console.complain(
      """
      error: this build of hindcast cannot serve: gRPC and the server, which take minutes to build, were left out.
      Build and run it with: swift run --traits GRPC,Server hindcast serve
      """)
    return .unusable
  }
}
#endif
