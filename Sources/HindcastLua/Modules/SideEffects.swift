import HindcastCore
import TemporalAPI

extension ModuleHost {
  /// Asks for a value that a workflow records; in an activity it is made at once.
  func sideEffect(_ source: SideEffectSource, _ call: LuaCall) throws(LuaRaise) -> LuaReply {
    guard let client else { throw .message("no context") }
    if client.workflow != nil { return try wait(.operation(.sideEffect(source)), call) }
    var random = RandomBytes.system
    guard let value = source.make(&random, at: GoTime(client.now, zone: .utc)) else {
      return call.fail(.internalError("cannot make the value"), self)
    }
    call.pushOrNil(payload: value)
    return call.succeed()
  }
}

extension SideEffectSource {
  /// A fresh value, as it is recorded; nil when it cannot be made.
  func make(_ random: inout RandomBytes, at time: GoTime) -> EncodedPayload? {
    switch self {
    case .uuid(let version):
      return PayloadEncoding.json(
        .string(UUIDValue(version: version, random: random.next(16), time: time).text))
    case .randomText(let length, let charset):
      let text = random.next(length).map { charset[Int($0) % charset.count] }
      return PayloadEncoding.json(.string(String(decoding: text, as: UTF8.self)))
    case .randomBytes(let length): return PayloadEncoding.bytes(random.next(length))
    case .sealed(let cipher, let data, let key, let additional):
      return cipher.seal(data, key: key, nonce: random.next(CryptoModule.nonceLength), additional: additional)
        .map(PayloadEncoding.bytes)
    }
  }
}

/// Where side effects take their random bytes from.
enum RandomBytes {
  /// The operating system: for workers.
  case system
  /// A sequence that a seed decides: two replays of an open history then go on alike.
  case seeded(state: UInt64)

  /// A sequence that belongs to a run.
  init(runID: String) {
    self = .seeded(state: FNV1.hash64(runID.utf8))
  }

  mutating func next(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { bytes.append(contentsOf: Digest.bigEndian(word())) }
    return Array(bytes.prefix(count))
  }

  /// SplitMix64.
  private mutating func word() -> UInt64 {
    switch self {
    case .system:
      var generator = SystemRandomNumberGenerator()
      return generator.next()
    case .seeded(let state):
      let next = state &+ 0x9E37_79B9_7F4A_7C15
      self = .seeded(state: next)
      var word = (next ^ next >> 30) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
      return word ^ word >> 31
    }
  }
}
