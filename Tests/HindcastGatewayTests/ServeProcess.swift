#if GRPC
import Foundation
import HindcastGateway
import XCTest

/// `hindcast serve` in a process of its own, as people run it.
final class ServeProcess {
  /// Where it serves; `nil` if it ended without serving.
  let address: ServerAddress?
  /// What it said on its standard output when it began.
  let greeting: String
  private let process = Process()
  private let errors = Pipe()

  /// Starts it on a free port and waits until it serves or ends.
  convenience init(_ arguments: String..., environment: [String: String] = [:]) throws {
    try self.init(arguments, environment: environment)
  }

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    let output = Pipe()
    process.executableURL = Self.program
    process.arguments = ["serve"] + (arguments.contains("--port") ? [] : ["--port", "0"]) + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    var text = Data()
    while !text.contains(UInt8(ascii: "\n")) {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      text += more
    }
    greeting = String(decoding: text, as: UTF8.self)
    let place = greeting.components(separatedBy: " at ").dropFirst().first?.components(separatedBy: ",").first
    address = try place.map { try ServerAddress($0) }
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// Sends a signal and waits for the end.
  ///
  /// - Returns: The exit status, or the signal that ended it.
  func end(with signal: Int32) -> Int32 {
    kill(process.processIdentifier, signal)
    return waitUntilExit().status
  }

  /// Waits until it has ended by itself.
  ///
  /// - Returns: The exit status, and what it said on its standard error.
  func waitUntilExit() -> (status: Int32, errors: String) {
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
  }

  /// The program that was built beside the tests.
  private static var program: URL {
    URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("hindcast")
  }
}
#endif
