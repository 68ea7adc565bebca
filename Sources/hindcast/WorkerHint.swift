#if !GRPC
import ArgumentParser

/// `hindcast worker` in a build that cannot talk to a server: says how to get one that can.
struct WorkerCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Run an app's workers against a Temporal server.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []

  func execute(in console: Console) async -> ExitStatus {
    console.complain(
      """
      error: this build of hindcast cannot talk to a Temporal server: gRPC, which takes minutes to build, was left out.
      Build and run it with: swift run --traits GRPC hindcast worker
      """)
    return .unusable
  }
}

/// `hindcast call` in a build that cannot talk to a server: says how to get one that can.
struct CallCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Call a function of an app on a Temporal server.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []

  func execute(in console: Console) async -> ExitStatus {
    console.complain(
      """
      error: this build of hindcast cannot talk to a Temporal server: gRPC, which takes minutes to build, was left out.
      Build and run it with: swift run --traits GRPC hindcast call
      """)
    return .unusable
  }
}
#endif
