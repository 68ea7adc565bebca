import Foundation
import HindcastHTTP
import HindcastRegistry

/// What the options of `http_client`'s functions say. Fields of the wrong type count as absent, as upstream.
struct HTTPCallOptions {
  /// A file of a multipart form.
  struct File {
    var field: String
    var name: String
    var content: [UInt8]
  }

  var headers: [String: String] = [:]
  var query: [String: String] = [:]
  var cookies: [String: String] = [:]
  var form: [String: String] = [:]
  var files: [File] = []
  var body: [UInt8] = []
  /// In nanoseconds; without effect unless positive.
  var timeout: Int64 = 0
  var user = ""
  var password = ""
  var isStream = false
  var largestAnswer: Int64 = 0
  var unixSocket = ""
  var tls: HTTPTLSOptions?
  var overlayNetwork = ""

  init() {}

  /// Reads the table at a position.
  init(_ stack: some LuaStackAccess, _ position: Int, _ host: ModuleHost) {
    headers = Self.texts("headers", stack, position)
    query = Self.texts("query", stack, position)
    cookies = Self.texts("cookies", stack, position)
    form = Self.texts("form", stack, position)
    body = stack.field("body", of: position) { Self.bytes(stack, $0) } ?? []
    timeout = stack.field("timeout", of: position) { Self.timeout(stack, $0) }
    isStream = stack.field("stream", of: position) { stack.boolean($0) } ?? false
    largestAnswer = stack.field("max_response_body", of: position) { stack.integer($0) } ?? 0
    unixSocket = Self.text("unix_socket", stack, position) ?? ""
    overlayNetwork = Self.text("overlay_network", stack, position) ?? ""
    stack.field("auth", of: position) { auth in
      user = Self.text("user", stack, auth) ?? ""
      password = Self.text("pass", stack, auth) ?? ""
    }
    stack.field("tls", of: position) { tls = Self.tls(stack, $0) }
    stack.field("files", of: position) { list in
      guard stack.type(list) == .table else { return }
      stack.forEachField(of: list) { _, file in
        if let file = Self.file(stack, file, host) { files.append(file) }
        return true
      }
    }
  }

  // MARK: Fields

  private static func text(_ name: String, _ stack: some LuaStackAccess, _ position: Int) -> String? {
    stack.field(name, of: position) { stack.type($0) == .string ? stack.string($0) : nil }
  }

  private static func bytes(_ stack: some LuaStackAccess, _ position: Int) -> [UInt8]? {
    stack.type(position) == .string ? stack.withBytes(position) { Array($0) } : nil
  }

  private static func texts(_ name: String, _ stack: some LuaStackAccess, _ position: Int) -> [String: String] {
    stack.field(name, of: position) { table in
      guard stack.type(table) == .table else { return [:] }
      var texts: [String: String] = [:]
      stack.forEachField(of: table) { key, value in
        if stack.type(key) == .string, stack.type(value) == .string {
          texts[stack.string(key) ?? ""] = stack.string(value)
        }
        return true
      }
      return texts
    }
  }

  /// Whole seconds, or a duration's text.
  private static func timeout(_ stack: some LuaStackAccess, _ position: Int) -> Int64 {
    if let seconds = stack.number(position)?.truncated {
      let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
      return overflow ? (seconds > 0 ? .max : 0) : nanoseconds
    }
    guard stack.type(position) == .string, let text = stack.string(position) else { return 0 }
    do throws(GoDurationError) {
      return try GoDuration.parse(text)
    } catch {
      return 0
    }
  }

  private static func tls(_ stack: some LuaStackAccess, _ position: Int) -> HTTPTLSOptions? {
    guard stack.type(position) == .table else { return nil }
    var tls = HTTPTLSOptions()
    tls.certificate = text("cert", stack, position)
    tls.key = text("key", stack, position)
    tls.authorities = text("ca", stack, position)
    tls.serverName = text("server_name", stack, position)
    tls.skipsVerification = stack.field("insecure_skip_verify", of: position) { stack.boolean($0) } ?? false
    return tls == HTTPTLSOptions() ? nil : tls
  }

  private static func file(_ stack: some LuaStackAccess, _ position: Int, _ host: ModuleHost) -> File? {
    guard stack.type(position) == .table, let field = text("name", stack, position), !field.isEmpty else { return nil }
    let content =
      stack.field("content", of: position) { bytes(stack, $0) }
      ?? stack.field("reader", of: position) { stack.object($0, host.streams)?.readAll() } ?? []
    if content.isEmpty { return nil }
    return File(field: field, name: text("filename", stack, position) ?? "", content: content)
  }
}
