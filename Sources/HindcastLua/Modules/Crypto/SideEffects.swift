import HindcastCore
import TemporalAPI

extension ModuleHost {
  /// Asks for a value that a workflow records; in an activity it is made at once.
  func sideEffect(_ source: SideEffectSource, _ call: LuaCall) throws(LuaRaise) -> LuaReply {
    guard let client else { throw .message("no context") }
    if client.workflow != nil { return try wait(.operation(.sideEffect(source)), call) }
    guard let value = source.make(&client.random, at: client.now) else {
      return call.fail(.internalError("side effect failed"), self)
    }
    call.pushOrNil(payload: value)
    return call.succeed()
  }
}

extension SideEffectSource {
  /// A fresh value, as it is recorded; nil when it cannot be made.
  func make(_ random: inout RandomBytes, at time: WorkflowTime) -> EncodedPayload? {
    switch self {
    case .uuid(let version):
      let time = LuaInstant(seconds: time.seconds, nanoseconds: time.nanoseconds)
      return PayloadEncoding.json(.string(UUIDValue(version: version, random: &random, time: time).text))
    case .randomText(let length, let charset):
      let text = random.next(length).map { charset[Int($0) % charset.count] }
      return PayloadEncoding.json(.string(String(decoding: text, as: UTF8.self)))
    case .randomBytes(let length): return PayloadEncoding.bytes(random.next(length))
    case .sealed(let cipher, let data, let key, let additional):
      let nonce = random.next(SealingCipher.nonceLength)
      return cipher.seal(data, key: key, nonce: nonce, additional: additional).map(PayloadEncoding.bytes)
    }
  }
}
