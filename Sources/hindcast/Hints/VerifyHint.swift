#if !GRPC
import ArgumentParser

/// `hindcast verify` in a build without gRPC: says how to get one that has it.
struct VerifyCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Have the worker of any SDK replay histories.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []

  func execute(in console: Console) async -> ExitStatus {
    console.complain(
      """
      error: this build of hindcast cannot talk to workers: gRPC, which takes minutes to build, was left out.
      Build and run it with: swift run --traits GRPC hindcast verify
      """)
    return .unusable
  }
}
#endif
