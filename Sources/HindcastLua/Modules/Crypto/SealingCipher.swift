/// Ciphers of `crypto.encrypt` and `crypto.decrypt`.
enum SealingCipher: String, CaseIterable {
  case aes
  case chacha20

  /// The bytes in front of a sealed text.
  static let nonceLength = 12

  var keyLengths: Set<Int> { self == .aes ? [16, 24, 32] : [32] }
  var keyComplaint: String { self == .aes ? "key must be 16, 24, or 32 bytes" : "key must be 32 bytes" }
  /// What Go says of a text that was not sealed with the key.
  var failure: String { "\(self == .aes ? "cipher" : "chacha20poly1305"): message authentication failed" }

  /// The nonce, the encrypted text and its tag; nil for a key of the wrong length.
  func seal(_ data: [UInt8], key: [UInt8], nonce: [UInt8], additional: [UInt8]) -> [UInt8]? {
    let sealed =
      self == .aes
      ? try? AESGCM.seal(key: key, nonce: nonce, data, aad: additional)
      : try? ChaCha20Poly1305.seal(key: key, nonce: nonce, data, aad: additional)
    return sealed.map { nonce + $0 }
  }

  /// The plain text of what `seal` gave; nil when it was not sealed with this key.
  func open(_ data: [UInt8], key: [UInt8], additional: [UInt8]) -> [UInt8]? {
    let nonce = Array(data.prefix(Self.nonceLength))
    let sealed = Array(data.dropFirst(Self.nonceLength))
    return self == .aes
      ? try? AESGCM.open(key: key, nonce: nonce, sealed, aad: additional)
      : try? ChaCha20Poly1305.open(key: key, nonce: nonce, sealed, aad: additional)
  }
}
