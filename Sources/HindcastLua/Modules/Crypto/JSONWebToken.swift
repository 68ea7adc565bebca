import Foundation

/// Why a token is not accepted; the wording of upstream's library (golang-jwt).
struct JSONWebTokenError: Error, Hashable, CustomStringConvertible {
  let description: String

  static func malformed(_ complaint: String) -> Self { Self(description: "token is malformed: \(complaint)") }
  static func unverifiable(_ complaint: String) -> Self { Self(description: "token is unverifiable: \(complaint)") }
  static func signature(_ complaint: String) -> Self { Self(description: "token signature is invalid: \(complaint)") }
  static func claims(_ complaints: [String]) -> Self {
    Self(description: "token has invalid claims: \(complaints.joined(separator: ", "))")
  }
}

/// JSON Web Tokens (RFC 7519) signed with a shared key.
enum JSONWebToken {
  /// The algorithms that sign with a shared key.
  private static let digests: [String: Digest.Kind] = ["HS256": .sha256, "HS384": .sha384, "HS512": .sha512]

  /// What other algorithms that the library knows want for a key.
  private static let foreignKeys: [String: String] = {
    var keys = ["EdDSA": "Ed25519 verify expects ed25519.PublicKey"]
    for size in ["256", "384", "512"] {
      keys["RS\(size)"] = "RSA verify expects *rsa.PublicKey"
      keys["PS\(size)"] = "RSA-PSS verify expects *rsa.PublicKey"
      keys["ES\(size)"] = "ECDSA verify expects *ecdsa.PublicKey"
    }
    return keys
  }()

  // MARK: Making

  /// A token of claims and further header fields. Algorithms that nobody knows are HS256, as upstream has it.
  static func make(
    claims: [String: GoValue], header fields: [String: GoValue], algorithm: String, key: [UInt8]
  ) -> [UInt8] {
    let name = digests[algorithm] == nil ? "HS256" : algorithm
    var header: [String: GoValue] = ["typ": .string("JWT"), "alg": .string(name)]
    header.merge(fields) { _, new in new }
    let coding = GoBase64.rawURL
    let text = coding.encode(GoValue.object(header).json) + dot + coding.encode(GoValue.object(claims).json)
    return text + dot + coding.encode(Digest.hmac(digests[name] ?? .sha256, key: key, text))
  }

  private static let dot = [UInt8(ascii: ".")]

  // MARK: Checking

  /// The claims of a token.
  /// - Parameters:
  ///   - algorithm: the only one accepted.
  ///   - now: seconds since 1970.
  /// - Throws: what is wrong with the token, in the order in which upstream looks.
  static func verify(
    _ token: [UInt8], key: [UInt8], algorithm: String, requiresExpiry: Bool, now: Int64
  ) throws(JSONWebTokenError) -> GoValue {
    let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .malformed("token contains an invalid number of segments") }
    let header = try object(parts[0], "header")
    let claims = try object(parts[1], "claim")
    guard let name = header["alg"]?.string else { throw .unverifiable("signing method (alg) is unspecified") }
    guard digests[name] != nil || foreignKeys[name] != nil || name == "none" else {
      throw .unverifiable("signing method (alg) is unavailable")
    }
    let signature = try decode(parts[2], "signature")
    guard name == algorithm else { throw .signature("signing method \(name) is invalid") }
    guard let digest = digests[name] else {
      throw .signature(
        foreignKeys[name].map { "key is of invalid type: \($0)" }
          ?? "token is unverifiable: 'none' signature type is not allowed")
    }
    let text = Array(token.dropLast(parts[2].count + 1))
    guard Digest.hmac(digest, key: key, text) == signature else { throw .signature("signature is invalid") }
    let complaints = complaints(about: claims, requiresExpiry: requiresExpiry, now: now)
    guard complaints.isEmpty else { throw .claims(complaints) }
    return claims
  }

  private static func decode(_ part: ArraySlice<UInt8>, _ name: String) throws(JSONWebTokenError) -> [UInt8] {
    do throws(GoBase64.CorruptInput) {
      return try GoBase64.rawURL.decode(Array(part))
    } catch {
      throw .malformed("could not base64 decode \(name): \(error)")
    }
  }

  private static func object(_ part: ArraySlice<UInt8>, _ name: String) throws(JSONWebTokenError) -> GoValue {
    let bytes = try decode(part, name)
    let value: GoValue
    do throws(JSONSyntaxError) {
      value = try GoValue(json: Data(bytes))
    } catch {
      throw .malformed("could not JSON decode \(name): \(error)")
    }
    guard case .object = value else {
      throw .malformed(
        "could not JSON decode \(name): json: cannot unmarshal \(value.jsonName) into Go value of type "
          + (name == "claim" ? "jwt.MapClaims" : "map[string]interface {}"))
    }
    return value
  }

  /// What is wrong with the times in the claims.
  private static func complaints(about claims: GoValue, requiresExpiry: Bool, now: Int64) -> [String] {
    var complaints: [String] = []
    switch claims["exp"] {
    case .double(let expiry)?:
      if Double(now) >= expiry.rounded(.towardZero) { complaints.append("token is expired") }
    case nil:
      if requiresExpiry { complaints.append("token is missing required claim: exp claim is required") }
    default: complaints.append("invalid type for claim: exp is invalid")
    }
    switch claims["nbf"] {
    case .double(let begin)?:
      if Double(now) < begin.rounded(.towardZero) { complaints.append("token is not valid yet") }
    case nil: break
    default: complaints.append("invalid type for claim: nbf is invalid")
    }
    return complaints
  }
}

extension GoValue {
  /// What Go's JSON package calls a value of the kind.
  fileprivate var jsonName: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .int, .double: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
