internal import Foundation

extension HTTPRequest {
  /// Throws where the request cannot be sent as it is: whoever sends requests asks first, a test's stubs too, so that what
  /// the network would refuse is refused there as well.
  ///
  /// The texts are those of Go's client as far as it has one.
  public func check() throws(HTTPExchangeError) {
    guard Self.isToken(method) else { throw invalid("net/http: invalid method \(Self.quoted(method))") }
    guard !url.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw HTTPExchangeError(.invalidRequest, "parse: net/url: invalid control character in URL")
    }
    guard let parts = URLComponents(string: url) else { throw invalid("invalid URL") }
    let scheme = parts.scheme?.lowercased() ?? ""
    guard scheme == "http" || scheme == "https" else {
      throw invalid("unsupported protocol scheme \(Self.quoted(scheme))")
    }
    guard let host = parts.host, !host.isEmpty else { throw invalid("http: no Host in request URL") }
    for field in headers {
      guard Self.isToken(field.name) else {
        throw invalid("net/http: invalid header field name \(Self.quoted(field.name))")
      }
      guard field.value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
        throw invalid("net/http: invalid header field value for \(Self.quoted(field.name))")
      }
    }
    if let tls, (tls.certificate == nil) != (tls.key == nil) {
      throw HTTPExchangeError(.invalidRequest, "both cert and key must be provided together")
    }
  }

  /// An error of this request, which names its method and address.
  public func error(_ kind: HTTPExchangeError.Kind, _ reason: String) -> HTTPExchangeError {
    HTTPExchangeError(kind, "\(method.prefix(1))\(method.dropFirst().lowercased()) \(Self.quoted(shownURL)): \(reason)")
  }

  private func invalid(_ reason: String) -> HTTPExchangeError { error(.invalidRequest, reason) }

  /// The address without what may be secret in it: user, password and query.
  public var shownURL: String {
    var shown = url.prefix { $0 != "?" && $0 != "#" }
    if let slashes = shown.range(of: "://") {
      let authority = shown[slashes.upperBound...].prefix { $0 != "/" }
      if let at = authority.lastIndex(of: "@") {
        shown.removeSubrange(slashes.upperBound...at)
      }
    }
    return String(shown)
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.unicodeScalars.map { $0.escaped(asASCII: false) }.joined() + "\""
  }

  /// Whether a text can be a method or the name of a header field.
  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}
