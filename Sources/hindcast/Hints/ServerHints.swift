#if !Server
import ArgumentParser

/// A command that needs the in-process server, in a build without it.
protocol ServerHint: TraitHint {}

extension ServerHint {
  static var absence: String {
    "has no server in it: the server and its store were left out to keep the build short."
  }
  static var traits: String { "Server" }
}

/// `hindcast run` in such a build.
struct RunCommand: ServerHint {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a workflow on the in-process server.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []
}

/// `hindcast record` in such a build.
struct RecordCommand: ServerHint {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Record histories anew with the present code.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []
}
#endif
