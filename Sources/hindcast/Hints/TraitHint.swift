#if !(GRPC && Server)
import ArgumentParser

/// A command that this build leaves out, because it stands behind a trait of the package: says how to get a build that has it.
protocol TraitHint: ConsoleCommand {
  /// What this build cannot do, and what was left out.
  static var absence: String { get }
  /// The traits that it takes, as `swift run` is told.
  static var traits: String { get }
}

extension TraitHint {
  func execute(in console: Console) async -> ExitStatus {
    console.complain(
      """
      error: this build of hindcast \(Self.absence)
      Build and run it with: swift run --traits \(Self.traits) hindcast \(Self.configuration.commandName ?? "")
      """)
    return .unusable
  }
}
#endif
