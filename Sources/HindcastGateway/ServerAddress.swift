/// Where a Temporal server listens.
public struct ServerAddress: Sendable, Hashable {
  /// A host name or a numeric address, without brackets.
  public let host: String
  /// The TCP port.
  public let port: Int

  /// The port a Temporal server listens on when nobody says otherwise.
  public static let defaultPort = 7233

  /// Names a server by its parts.
  public init(host: String, port: Int = defaultPort) {
    self.host = host
    self.port = port
  }

  /// Reads `HOST`, `HOST:PORT` or `[IPV6]:PORT`; a missing port is ``defaultPort``.
  ///
  /// - Throws: ``InvalidServerAddress`` saying what is wrong with the text.
  public init(_ text: String) throws {
    func invalid(_ problem: String) -> InvalidServerAddress { InvalidServerAddress(text: text, problem: problem) }

    if text.contains("://") { throw invalid("write it without \"\(text.prefix { $0 != "/" })//\"") }
    let host: Substring
    let rest: Substring
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { throw invalid("the \"[\" is never closed") }
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
    } else {
      let colon = text.firstIndex(of: ":") ?? text.endIndex
      host = text[..<colon]
      rest = text[colon...]
      if rest.dropFirst().contains(":") { throw invalid("an IPv6 address stands in brackets: \"[\(text)]\"") }
    }
    if host.isEmpty { throw invalid("there is no host") }
    if host.contains(where: { $0.isWhitespace || $0 == "/" }) { throw invalid("the host has a blank or a slash in it") }
    if rest.isEmpty {
      self.init(host: String(host))
      return
    }
    guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else {
      throw invalid("the port is a number from 1 to 65535, after a colon")
    }
    self.init(host: String(host), port: Int(port))
  }
}

extension ServerAddress: CustomStringConvertible {
  /// `HOST:PORT`, with brackets around an IPv6 address.
  public var description: String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}

/// A text that names no server.
public struct InvalidServerAddress: Error, Sendable, Equatable, CustomStringConvertible {
  /// The text as it was given.
  public let text: String
  /// What is wrong with it.
  public let problem: String

  /// One line for the user.
  public var description: String {
    "\"\(text)\" is no server address: \(problem) (expected HOST:PORT, for example localhost:7233)"
  }
}
