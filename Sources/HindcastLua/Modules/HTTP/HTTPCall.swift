import Foundation
import HindcastHTTP

/// One request of `http_client`, ready to be sent.
struct HTTPCall: Sendable {
  var request: HTTPRequest
  /// Whether the answer's content is given as a stream.
  var isStream: Bool
  /// Why it is not to be sent at all; nil: it may be.
  var refusal: String?

  /// - Parameter boundary: what parts a multipart form; asked for only where there is one.
  init(_ method: String, _ url: String, _ options: HTTPCallOptions, boundary: () -> String) {
    request = HTTPRequest(method, URLQuery.adding(options.query, to: url))
    isStream = options.isStream
    if options.timeout > 0 { request.timeout = .nanoseconds(options.timeout) }
    if options.largestAnswer > 0 { request.largestAnswer = Int(clamping: options.largestAnswer) }
    if !options.unixSocket.isEmpty { request.unixSocket = options.unixSocket }
    request.tls = options.tls
    if !options.overlayNetwork.isEmpty {
      refusal =
        "overlay network \"\(options.overlayNetwork)\" requested but network registry is not configured"
    }

    if !options.files.isEmpty {
      let form = MultipartForm(boundary: boundary())
      request.body = form.encode(options.form, options.files)
      request.headers.append(HTTPField("Content-Type", form.contentType))
    } else if !options.form.isEmpty {
      request.body = Array(URLQuery.encode(options.form).utf8)
      request.headers.append(HTTPField("Content-Type", "application/x-www-form-urlencoded"))
    } else {
      request.body = options.body
    }
    for (name, value) in options.headers.sorted(by: { $0.key < $1.key }) {
      request.headers.append(HTTPField(HTTPHeaderName.canonical(name), value))
    }
    if !options.cookies.isEmpty {
      let cookies = options.cookies.sorted { $0.key < $1.key }.map { HTTPCookieText.pair($0.key, $0.value) }
      request.headers.append(HTTPField("Cookie", cookies.joined(separator: "; ")))
    }
    if !options.user.isEmpty {
      request.headers.removeAll { $0.name == "Authorization" }
      let credentials = GoBase64.standard.encode(Array("\(options.user):\(options.password)".utf8))
      request.headers.append(HTTPField("Authorization", "Basic \(String(decoding: credentials, as: UTF8.self))"))
    }
  }

  /// Sends the request; gives the answer, or upstream's text for why there is none.
  func send(_ exchange: any HTTPExchange) async -> Result<HTTPResponse, HTTPCallFailure> {
    if let refusal { return .failure(HTTPCallFailure(refusal)) }
    do {
      try request.check()
      return .success(try await exchange.send(request))
    } catch let error as HTTPExchangeError {
      return .failure(HTTPCallFailure(error.description))
    } catch {
      // Cancelled with its activity, which nobody hears of, or an exchange of a test's own.
      return .failure(HTTPCallFailure("\(error)"))
    }
  }
}

/// Why a call has no answer.
struct HTTPCallFailure: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

/// The names of header fields.
enum HTTPHeaderName {
  /// The name as Go writes it: `content-type` as `Content-Type`. Names that are no tokens stay as they are.
  static func canonical(_ name: String) -> String {
    guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return name }
    return name.split(separator: "-", omittingEmptySubsequences: false)
      .map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined(separator: "-")
  }
}

/// Cookies as Go writes and reads them.
enum HTTPCookieText {
  /// `name=value`, without what could end the header field.
  static func pair(_ name: String, _ value: String) -> String {
    let name = name.replacingOccurrences(of: "\r", with: "-").replacingOccurrences(of: "\n", with: "-")
    let kept = value.unicodeScalars.filter {
      $0.isASCII && $0.value >= 0x20 && $0.value < 0x7F && $0 != "\"" && $0 != ";" && $0 != "\\"
    }
    let text = String(String.UnicodeScalarView(kept))
    return text.contains(" ") || text.contains(",") ? "\(name)=\"\(text)\"" : "\(name)=\(text)"
  }

  /// The name and value of a `Set-Cookie` field; nil for one that is none.
  static func parse(_ field: String) -> (name: String, value: String)? {
    let pair = field.prefix { $0 != ";" }
    guard let equals = pair.firstIndex(of: "=") else { return nil }
    let name = pair[..<equals].trimmingCharacters(in: .whitespaces)
    var value = pair[pair.index(after: equals)...].trimmingCharacters(in: .whitespaces)
    if value.count > 1, value.hasPrefix("\""), value.hasSuffix("\"") { value = String(value.dropFirst().dropLast()) }
    return name.isEmpty ? nil : (name, value)
  }
}

/// A `multipart/form-data` content as Go's `mime/multipart` writes it.
struct MultipartForm {
  let boundary: String

  var contentType: String { "multipart/form-data; boundary=\(boundary)" }

  func encode(_ fields: [String: String], _ files: [HTTPCallOptions.File]) -> [UInt8] {
    var content: [UInt8] = []
    func begin(_ disposition: String, _ type: String? = nil) {
      var head = "--\(boundary)\r\nContent-Disposition: form-data; \(disposition)\r\n"
      if let type { head += "Content-Type: \(type)\r\n" }
      content += Array("\(head)\r\n".utf8)
    }
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
      begin("name=\"\(Self.quoted(name))\"")
      content += Array("\(value)\r\n".utf8)
    }
    for file in files {
      // Upstream gives every file this type, whatever its `content_type` says.
      begin(
        "name=\"\(Self.quoted(file.field))\"; filename=\"\(Self.quoted(file.name))\"", "application/octet-stream")
      content += file.content + Array("\r\n".utf8)
    }
    content += Array("--\(boundary)--\r\n".utf8)
    return content
  }

  private static func quoted(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\\\"
      case "\"": "\\\""
      case "\r": "%0D"
      case "\n": "%0A"
      default: String(scalar)
      }
    }.joined()
  }
}
