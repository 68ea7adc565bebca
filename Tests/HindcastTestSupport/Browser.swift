import Foundation

/// Headless Chromium, where it is installed: opens a page and says what it became and what it had to say.
public struct Browser {
  /// What there is to see of a page that was opened.
  public struct Sight {
    /// The document after its scripts ran.
    public var document: String
    /// What the page said on the console: errors, and what its policy kept from loading.
    public var console: [String]
  }

  /// Why a page could not be opened.
  public struct Failure: Error, CustomStringConvertible {
    /// The reason.
    public var description: String
  }

  private let path: String

  /// Finds the browser: `HINDCAST_CHROMIUM`, else the first that the `PATH` has; nil where there is none.
  public init?() {
    let environment = ProcessInfo.processInfo.environment
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let names = ["chromium", "chromium-browser", "google-chrome"]
    let candidates =
      environment["HINDCAST_CHROMIUM"].map { [$0] } ?? folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
    guard let path = candidates.first(where: FileManager.default.isExecutableFile) else { return nil }
    self.path = path
  }

  /// Opens a page that is given as text.
  /// - Parameter fragment: the part of the address behind `#`.
  public func open(_ page: String, fragment: String = "") throws -> Sight {
    let folder = try TemporaryFolder()
    let file = URL(fileURLWithPath: try folder.write(page, to: "page.html"))
    // Files, not pipes: nobody has to read both at once.
    let (output, errors) = (URL(fileURLWithPath: folder["output"]), URL(fileURLWithPath: folder["errors"]))
    for url in [output, errors] { try Data().write(to: url) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--enable-logging=stderr", "--user-data-dir=\(folder.path)/profile", "--virtual-time-budget=2000", "--dump-dom",
      file.absoluteString + (fragment.isEmpty ? "" : "#\(fragment)"),
    ]
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    guard ended.wait(timeout: .now() + 60) == .success else {
      process.terminate()
      throw Failure(description: "the browser did not end within a minute")
    }
    let said = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    guard process.terminationStatus == 0 else { throw Failure(description: "the browser failed: \(said)") }
    return Sight(
      document: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      console: said.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init))
  }
}
