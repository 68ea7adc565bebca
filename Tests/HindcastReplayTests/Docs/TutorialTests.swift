import Foundation
import HindcastTestSupport
import XCTest

/// Does what the tutorial says, command by command, and looks for what it says is printed.
final class TutorialTests: XCTestCase {
  private struct Step {
    var command: String
    var status: Int32
    /// What is printed, line by line; `…` stands for any lines.
    var output: [String] = []
  }

  private func steps(of page: String) -> [Step] {
    var steps: [Step] = []
    var block: (language: String, lines: [String])?
    for line in page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      guard line.hasPrefix("```") else {
        block?.lines.append(line)
        continue
      }
      guard let (language, lines) = block else {
        block = (String(line.dropFirst(3)), [])
        continue
      }
      block = nil
      if language == "shell" {
        for line in lines where !line.isEmpty {
          let parts = line.components(separatedBy: "  # exit status ")
          steps.append(Step(command: line, status: parts.count > 1 ? Int32(parts[1]) ?? -1 : 0))
        }
      } else if language == "text", !steps.isEmpty {
        steps[steps.count - 1].output += lines
      }
    }
    return steps
  }

  func testTheTutorialPrintsWhatItSays() throws {
    let steps = steps(of: try String(contentsOf: Documentation.page("FirstReplay"), encoding: .utf8))
    XCTAssertGreaterThan(steps.count, 8, "the tutorial's commands were not found")
    let folder = try TemporaryFolder()
    let script = steps.enumerated().map { index, step in
      "{ \(step.command)\n} > \"$OUT/\(index)\" 2>&1\necho $? > \"$OUT/\(index).status\""
    }.joined(separator: "\n")
    try folder.write("", to: "out/begun")
    try folder.write("", to: "work/begun")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(filePath: folder["work"])
    let products = try HindcastBinary.url().deletingLastPathComponent().path
    process.environment = ProcessInfo.processInfo.environment.merging([
      "HINDCAST": Documentation.package.path, "OUT": folder["out"],
      "PATH": "\(products):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")",
    ]) { $1 }
    try process.run()
    process.waitUntilExit()
    for (index, step) in steps.enumerated() {
      let output = try String(contentsOfFile: folder["out/\(index)"], encoding: .utf8)
      let status = try String(contentsOfFile: folder["out/\(index).status"], encoding: .utf8)
      XCTAssertEqual(status, "\(step.status)\n", "\(step.command)\n\(output)")
      var rest = Substring(output)
      for line in step.output where line != "…" && !line.isEmpty {
        guard let range = rest.range(of: line) else {
          XCTFail("'\(line)' is not printed, or not there, by: \(step.command)\n\(output)")
          break
        }
        rest = rest[range.upperBound...]
      }
    }
  }
}
