#if !(GRPC && Server)
import ArgumentParser

/// `hindcast serve` in a build without gRPC or the server.
struct ServeCommand: TraitHint {
  static let absence = "cannot serve: gRPC and the server, which take minutes to build, were left out."
  static let traits = "GRPC,Server"
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve a Temporal server of Hindcast's own.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []
}
#endif
