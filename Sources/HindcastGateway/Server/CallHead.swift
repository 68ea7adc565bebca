#if GRPC
internal import HindcastCalls
internal import NIOHPACK

/// What the headers of a request say (PROTOCOL-HTTP2.md, "Requests").
struct CallHead: Sendable {
  /// How messages are compressed whose frame says that they are.
  enum Encoding: Sendable { case identity, gzip }

  /// The gRPC service, with its package.
  var service = ""
  /// The call within the service.
  var method = ""
  var encoding = Encoding.identity
  /// How long the caller waits.
  var timeout: Duration?
  /// The bearer token, if there is one.
  var token: String?
  var clientName = ""
  var clientVersion = ""

  /// Why headers are not those of a gRPC call.
  enum Fault: Error {
    /// The request is not one of gRPC at all, which is said in HTTP's own words.
    case unsupportedMediaType
    /// The caller is told as of any failed call.
    case refused(ServiceError)
    /// The caller compresses in a way that is not known here.
    case unknownEncoding(String)
  }

  /// - Throws: ``Fault``.
  init(_ headers: HPACKHeaders) throws(Fault) {
    var verb = ""
    var path = ""
    var contentType = ""
    var encodingName = "identity"
    for (name, value, _) in headers {
      // By length first: of each name's some fifteen comparisons all but one or two are saved.
      switch name.utf8.count {
      case 5 where name == ":path": path = value
      case 7 where name == ":method": verb = value
      case 11 where name == "client-name": clientName = value
      case 12 where name == "content-type": contentType = value
      case 12 where name == GRPCTimeout.header: timeout = timeout ?? GRPCTimeout.duration(value)
      case 13 where name == "grpc-encoding": encodingName = value
      case 13 where name == "authorization": token = token ?? Self.token(in: value)
      case 14 where name == "client-version": clientVersion = value
      default: break
      }
    }
    guard contentType.utf8.starts(with: "application/grpc".utf8) else { throw .unsupportedMediaType }
    guard verb == "POST" else { throw .refused(ServiceError(.internal, "http2: method \(verb) is not POST")) }
    guard path.utf8.first == UInt8(ascii: "/"), let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")),
      slash > path.startIndex
    else { throw .refused(ServiceError(.unimplemented, "malformed method name: \"\(path)\"")) }
    service = String(path[path.index(after: path.startIndex)..<slash])
    method = String(path[path.index(after: slash)...])
    switch encodingName {
    case "identity": encoding = .identity
    case "gzip": encoding = .gzip
    default: throw .unknownEncoding(encodingName)
    }
  }

  private static func token(in value: String) -> String? {
    let scheme = "bearer "
    return value.lowercased().hasPrefix(scheme) ? String(value.dropFirst(scheme.count)) : nil
  }
}
#endif
