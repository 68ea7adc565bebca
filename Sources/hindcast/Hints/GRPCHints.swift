#if !GRPC
import ArgumentParser

/// A command that talks to a server or a worker, in a build that cannot.
protocol GRPCHint: TraitHint {}

extension GRPCHint {
  static var absence: String {
    "cannot talk to a Temporal server or a worker: gRPC, which takes minutes to build, was left out."
  }
  static var traits: String { "GRPC" }
}

/// `hindcast worker` in such a build.
struct WorkerCommand: GRPCHint {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Run an app's workers against a Temporal server.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []
}

/// `hindcast call` in such a build.
struct CallCommand: GRPCHint {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Call a function of an app on a Temporal server.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []
}

/// `hindcast fetch` in such a build.
struct FetchCommand: GRPCHint {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Export histories from a Temporal server.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []
}

/// `hindcast shadow` in such a build.
struct ShadowCommand: GRPCHint {
  static let configuration = CommandConfiguration(
    commandName: "shadow", abstract: "Replay a namespace with workers on any number of machines.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []
}

/// `hindcast verify` in such a build.
struct VerifyCommand: GRPCHint {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Have the worker of any SDK replay histories.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []
}
#endif
