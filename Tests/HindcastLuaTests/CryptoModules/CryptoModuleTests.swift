import HindcastCore
import XCTest

@testable import HindcastLua

final class CryptoModuleTests: XCTestCase {
  func testHashes() throws {
    try assertLua([
      ("hash.md5('abc')", "900150983cd24fb0d6963f7d28e17f72 nil"),
      ("hash.sha1('abc')", "a9993e364706816aba3e25717850c26c9cd0d89d nil"),
      ("hash.sha256('')", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 nil"),
      ("#hash.sha512('', true), #hash.md5('', 1), #hash.md5('', false), #hash.md5('', nil)", "64 16 32 32"),
      ("hash.hmac_md5('Hi There', string.rep('\\11', 16))", "9294727a3638bb1c13f48ef8158bfc9d nil"),
      (
        "hash.hmac_sha256('what do ya want for nothing?', 'Jefe')",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843 nil"
      ),
      ("#hash.hmac_sha1('a', 'b', true), #hash.hmac_sha512('a', 'b')", "20 128"),
      ("hash.fnv32('a'), math.type(hash.fnv32('a'))", "84696446 float"),
      ("hash.fnv64('') == 14695981039346656037.0", "true"),
      ("hash.sha384", "nil"), ("hash.md5(5)", "nil Invalid: data must be a string"),
      ("hash.hmac_md5('a')", "nil Invalid: secret must be a string"),
      ("hash.fnv64({})", "nil Invalid: data must be a string"),
    ])
  }

  func testBase64() throws {
    try assertLua([
      ("base64.encode('\\0\\255any')", "AP9hbnk="), ("base64.decode('AP9hbnk=') == '\\0\\255any'", "true"),
      ("base64.encode(''), base64.decode('')", " "),
      ("select('#', base64.encode('a')), base64.decode('YQ\\n==')", "1 a"),
      ("base64.decode('YQ')", "nil Invalid: decode failed: illegal base64 data at input byte 0"),
      ("base64.decode('YQ==YQ==')", "nil Invalid: decode failed: illegal base64 data at input byte 4"),
      ("base64.decode('Y*==')", "nil Invalid: decode failed: illegal base64 data at input byte 1"),
      ("base64.encode(5)", "nil Invalid: string expected"), ("base64.decode()", "nil Invalid: string expected"),
    ])
  }

  func testHMAC() throws {
    try assertLua([
      (
        "crypto.hmac.sha256('Jefe', 'what do ya want for nothing?')",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843 nil"
      ),
      ("#crypto.hmac.sha512('k', '')", "128"), ("crypto.hmac.sha256('', 'x')", "nil Invalid: key cannot be empty"),
      ("crypto.constant_time_compare('a', 'a'), crypto.constant_time_compare('a', 'ab')", "true false"),
    ])
  }

  func testDerivedKeys() throws {
    try assertLua([
      (
        "hash.md5((crypto.pbkdf2('password', 'salt', 2, 32)))",
        Digest.hex(Digest.hash(.md5, bytes("ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43")))
          + " nil"
      ),
      ("#crypto.pbkdf2('p', 's', 1, 100, 'sha512')", "100"),
      ("crypto.pbkdf2('', 's', 1, 1)", "nil Invalid: password cannot be empty"),
      ("crypto.pbkdf2('p', '', 1, 1)", "nil Invalid: salt cannot be empty"),
      ("crypto.pbkdf2('p', 's', 0, 1)", "nil Invalid: iterations must be positive"),
      ("crypto.pbkdf2('p', 's', 10000001, 1)", "nil Invalid: iterations exceeds maximum (10000000)"),
      ("crypto.pbkdf2('p', 's', 1, 0)", "nil Invalid: key length must be positive"),
      ("crypto.pbkdf2('p', 's', 1, 1, 'md5')", "nil Invalid: unsupported hash function: md5"),
    ])
  }

  /// A key that would take minutes ends the task as any other endless computation does.
  func testDerivingUsesUpTheBudget() throws {
    let limits = [RunLimits(cpuTime: nil, instructions: 50_000), RunLimits(cpuTime: 1_000_000, instructions: nil)]
    for (limits, arguments) in limits.flatMap({ limits in ["10000000, 32", "1, 1e300"].map { (limits, $0) } }) {
      let run = try LuaTestRun(
        "return { main = function() return pcall(crypto.pbkdf2, 'p', 's', \(arguments)) end }",
        options: RuntimeOptions(limits: limits))
      XCTAssertThrowsError(try run.task()) { error in
        XCTAssertTrue("\(error)".contains("TMPRL1101"), "\(error)")
      }
    }
  }

  func testDecrypting() throws {
    // Sealed by Python's cryptography package, with the nonce 000102…0b.
    let aes = "000102030405060708090a0b" + "dade3acb47c2ab73a8e2961a59dd3acad3373dc7f8e6"
    let chacha = "000102030405060708090a0b" + "1a213bcd30a80a1101d73b250c1dc41edb81a72e12a2"
    let unhex = "(function(h) return (h:gsub('..', function(b) return string.char(tonumber(b, 16)) end)) end)"
    try assertLua([
      ("crypto.decrypt.aes(\(unhex)('\(aes)'), string.rep('k', 16), 'aad')", "secret nil"),
      ("crypto.decrypt.chacha20(\(unhex)('\(chacha)'), string.rep('k', 32))", "secret nil"),
      (
        "crypto.decrypt.aes(\(unhex)('\(aes)'), string.rep('k', 16))",
        "nil Internal: decrypt: cipher: message authentication failed"
      ),
      (
        "crypto.decrypt.chacha20(\(unhex)('\(chacha)'), string.rep('x', 32))",
        "nil Internal: decrypt: chacha20poly1305: message authentication failed"
      ),
      ("crypto.decrypt.aes('short', string.rep('k', 16))", "nil Invalid: encrypted data too short"),
      ("crypto.decrypt.aes('', 'k')", "nil Invalid: key must be 16, 24, or 32 bytes"),
      ("crypto.decrypt.chacha20('', 'k')", "nil Invalid: key must be 32 bytes"),
      ("crypto.encrypt.aes('', 'k')", "nil Invalid: key must be 16, 24, or 32 bytes"),
      ("crypto.random.bytes(0)", "nil Invalid: length must be a positive integer"),
      ("crypto.random.string(1048577)", "nil Invalid: length exceeds maximum allowed size (1MB)"),
      ("crypto.random.string(1, '')", "nil Invalid: charset cannot be empty"),
    ])
  }

  private func bytes(_ hex: String) -> [UInt8] {
    stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
  }
}
