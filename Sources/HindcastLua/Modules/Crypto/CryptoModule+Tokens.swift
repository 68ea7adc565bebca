import HindcastCore

/// `crypto.jwt`.
extension CryptoModule {
  static func registerTokens(_ host: ModuleHost) {
    host.define("encode", of: "crypto.jwt", encode)
    host.define("verify", of: "crypto.jwt", verify)
  }

  private static func encode(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    try call.check(1, is: .table)
    let key = try call.checkChargedBytes(2)
    let algorithm = try call.checkString(3, or: "HS256")
    let payload = call.goValue(1)
    guard case .object(var claims) = payload else {
      return call.fail(.invalid("failed to convert payload to map"), host)
    }
    var header: [String: GoValue] = [:]
    if case .object(let fields)? = claims["_header"] {
      header = fields
      claims["_header"] = nil
    }
    if let number = payload.firstUnwritableNumber {
      let text = "json: unsupported value: \(GoNumber.general(number))"
      return call.fail(.internalError(text, context: "sign token"), host)
    }
    if algorithm == "RS256" { return call.fail(.internalError(keysOfRSA), host) }
    call.push(bytes: JSONWebToken.make(claims: claims, header: header, algorithm: algorithm, key: key))
    return call.succeed()
  }

  private static func verify(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let (token, key) = (try call.checkChargedBytes(1), try call.checkChargedBytes(2))
    let algorithm = try call.checkString(3, or: "HS256")
    if !call.isNil(4) { try call.check(4, is: .boolean) }
    guard let client = host.client else { throw .message("no context") }
    if algorithm == "RS256" { return call.fail(.internalError(keysOfRSA), host) }
    do throws(JSONWebTokenError) {
      let claims = try JSONWebToken.verify(
        token, key: key, algorithm: algorithm, requiresExpiry: call.boolean(4) ?? true, now: client.now.seconds)
      call.push(claims)
      return call.succeed()
    } catch {
      return call.fail(.internalError(error.description, context: "verify token"), host)
    }
  }

  private static let keysOfRSA = "RS256 needs RSA, which Hindcast does not have; HS256, HS384 and HS512 work"
}

extension GoValue {
  /// A number that JSON has no text for.
  fileprivate var firstUnwritableNumber: Double? {
    switch self {
    case .double(let number): number.isFinite ? nil : number
    case .array(let items): items.lazy.compactMap(\.firstUnwritableNumber).first
    case .object(let fields): fields.sorted { $0.key < $1.key }.lazy.compactMap(\.value.firstUnwritableNumber).first
    default: nil
    }
  }
}
