import XCTest

@testable import HindcastLua

final class AlgorithmTests: XCTestCase {
  private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8.filter { $0 != UInt8(ascii: " ") })
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
  }

  func testDigestsGiveThePublishedVectors() {
    let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    let cases: [(Digest.Kind, String, String)] = [
      (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
      (.md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
      (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
      (.sha1, long, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
      (.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (.sha256, long, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
      (
        .sha512, "abc",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
      ),
    ]
    for (kind, message, expected) in cases {
      XCTAssertEqual(Digest.hex(Digest.hash(kind, Array(message.utf8))), expected, "\(kind) of '\(message)'")
    }
  }

  func testHMACAndPBKDF2() {
    let data = Array("what do ya want for nothing?".utf8)
    let cases: [(Digest.Kind, String)] = [
      (.md5, "750c783e6ab0b503eaa86e310a5db738"), (.sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
      (.sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ]
    for (kind, expected) in cases {
      XCTAssertEqual(Digest.hex(Digest.hmac(kind, key: Array("Jefe".utf8), data)), expected)
    }
    let (password, salt) = (Array("password".utf8), Array("salt".utf8))
    XCTAssertEqual(
      PBKDF2.sha256(password: password, salt: salt, iterations: 2, length: 32).map(Digest.hex),
      "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43")
    XCTAssertEqual(
      PBKDF2.sha512(password: password, salt: salt, iterations: 1, length: 70).map(Digest.hex),
      "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce7b532e206c29"
    )
    // Stops when it is told to, whether the work lies in the iterations or in the length.
    for (iterations, length) in [(10_000_000, 1), (1, 10_000_000)] {
      var asked = 0
      let key = PBKDF2.sha256(password: password, salt: salt, iterations: iterations, length: length) { blocks in
        asked += 1
        return blocks < 2_000 || asked < 2
      }
      XCTAssertNil(key)
      XCTAssertEqual(asked, 2)
    }
  }

  /// One digest over the digests of messages of all lengths around the sizes of blocks.
  func testDigestsOfAllLengths() {
    let cases: [(Digest.Kind, String)] = [
      (.md5, "12a4f2ed7d758d49c49689e726cf93be"),
      (.sha1, "c20920a01adec8c5279c8a078a9cb5b554ea8653"),
      (.sha256, "171bfb0940d0a66bff1d806bf25854adca1adf3e922b0f8bb65b7f9bac67e903"),
      (.sha384, "629d9dd929e01f9de965be48b982e7d39253115a44939f8892a78315bc58ffe21af689393986f4e376ac65df515f29fc"),
      (
        .sha512,
        "07a4303a896861cbd92e9635e5df16d9efb8c7a290e085ef8507140ed236e10825ff228fcd7ef4e63e3bd0c8d30ffc16dec525003ca0a62ab7193e44ccb68b18"
      ),
    ]
    for (kind, expected) in cases {
      let digests = (0..<260).flatMap { length in Digest.hash(kind, (0..<length).map { UInt8($0 & 0xff) }) }
      XCTAssertEqual(Digest.hex(Digest.hash(kind, digests)), expected, "\(kind)")
    }
  }

  func testKeyedHashIsHMAC() {
    for length in [0, 1, 63, 64, 65, 127, 128, 129, 200] {
      let key = [UInt8](repeating: 0xa5, count: length)
      let message = Array("message".utf8)
      XCTAssertEqual(KeyedHash(.sha256, key: key).hash(message), Digest.hmac(.sha256, key: key, message))
      XCTAssertEqual(KeyedHash(.sha512, key: key).hash(message), Digest.hmac(.sha512, key: key, message))
    }
  }

  func testFNV() {
    XCTAssertEqual(FNV1.hash32(Array("a".utf8)), 0x050c_5d7e)
    XCTAssertEqual(FNV1.hash64(Array("a".utf8)), 0xaf63_bd4c_8601_b7be)
  }

  func testAESGCM() throws {
    // NIST's test case 4.
    let key = bytes("feffe9928665731c6d6a8f9467308308")
    let nonce = bytes("cafebabefacedbaddecaf888")
    let aad = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    let text = bytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    let sealed = try AESGCM.seal(key: key, nonce: nonce, text, aad: aad)
    XCTAssertEqual(
      Digest.hex(sealed),
      "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
        + "5bc94fbc3221a5db94fae95ae7121a47")
    XCTAssertEqual(try AESGCM.open(key: key, nonce: nonce, sealed, aad: aad), text)
    var changed = sealed
    changed[0] ^= 1
    XCTAssertThrowsError(try AESGCM.open(key: key, nonce: nonce, changed, aad: aad)) {
      XCTAssertEqual($0 as? CipherError, .authenticationFailed)
    }
    XCTAssertThrowsError(try AESGCM.seal(key: [1, 2, 3], nonce: nonce, text))
  }

  func testChaCha20Poly1305() throws {
    // RFC 8439, 2.8.2.
    let key = (0x80...0x9f).map { UInt8($0) }
    let nonce = bytes("070000004041424344454647")
    let aad = bytes("50515253c0c1c2c3c4c5c6c7")
    let text = Array(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
        .utf8)
    let sealed = try ChaCha20Poly1305.seal(key: key, nonce: nonce, text, aad: aad)
    XCTAssertEqual(Digest.hex(sealed.prefix(16)), "d31a8d34648e60db7b86afbc53ef7ec2")
    XCTAssertEqual(Digest.hex(sealed.suffix(16)), "1ae10b594f09e26a7e902ecbd0600691")
    XCTAssertEqual(try ChaCha20Poly1305.open(key: key, nonce: nonce, sealed, aad: aad), text)
    XCTAssertThrowsError(try ChaCha20Poly1305.open(key: key, nonce: nonce, sealed, aad: [1]))
  }
}
