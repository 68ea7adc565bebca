#if !GRPC
import ArgumentParser

/// A command that talks to a server, in a build that cannot: says how to get one that can.
protocol ServerHint: ConsoleCommand {}

extension ServerHint {
  func execute(in console: Console) async -> ExitStatus {
    console.complain(
      """
      error: this build of hindcast cannot talk to a Temporal server: gRPC, which takes minutes to build, was left out.
      Build and run it with: swift run --traits GRPC hindcast \(Self.configuration.commandName ?? "")
      """)
    return .unusable
  }
}

/// `hindcast worker` in such a build.
struct WorkerCommand: ServerHint {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Run an app's workers against a Temporal server.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []
}

/// `hindcast call` in such a build.
struct CallCommand: ServerHint {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Call a function of an app on a Temporal server.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []
}

/// `hindcast fetch` in such a build.
struct FetchCommand: ServerHint {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Export histories from a Temporal server.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []
}

/// `hindcast shadow` in such a build.
struct ShadowCommand: ServerHint {
  static let configuration = CommandConfiguration(
    commandName: "shadow", abstract: "Replay a namespace with workers on any number of machines.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []
}
#endif
