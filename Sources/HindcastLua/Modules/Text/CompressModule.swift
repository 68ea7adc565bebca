/// `compress`: gzip, deflate and zlib. Its brotli and zstd are not available yet.
///
/// What comes out says the same as upstream's, though not in the same bytes: Go's compressor chooses otherwise.
enum CompressModule: LuaModule {
  private static let defaultLimit: Int64 = 128 << 20
  private static let largestLimit: Int64 = 1 << 30

  static func register(_ host: ModuleHost) {
    for format in ZlibFormat.allCases {
      let library = "compress.\(format.rawValue)"
      host.define("encode", of: library) { call, host throws(LuaRaise) in
        guard let data = call.type(1) == .string ? call.chargedBytes(1) : nil else {
          return call.fail(.invalid("string expected"), host)
        }
        if data.isEmpty { return call.fail(.invalid("input data cannot be empty"), host) }
        let level = option("level", call) ?? 6
        guard (1...9).contains(level) else {
          return call.fail(.invalid("compression level must be between 1 and 9"), host)
        }
        guard let packed = format.compress(data, level: Int32(level)) else {
          return call.fail(.internalError("out of memory", context: "\(format.rawValue) encode failed"), host)
        }
        call.push(bytes: packed)
        return call.succeed()
      }
      host.define("decode", of: library) { call, host throws(LuaRaise) in
        guard let data = call.type(1) == .string ? call.chargedBytes(1) : nil else {
          return call.fail(.invalid("string expected"), host)
        }
        if data.isEmpty { return call.fail(.invalid("input data cannot be empty"), host) }
        var limit = option("max_size", call) ?? defaultLimit
        if limit <= 0 || limit > largestLimit { limit = defaultLimit }
        do throws(ZlibFormat.Failure) {
          let content = try format.decompress(data, limit: Int(limit))
          call.charge(instructions: Int64(content.count / 8))
          call.push(bytes: content)
          return call.succeed()
        } catch {
          return call.fail(failure(error, format), host)
        }
      }
      host.nest(format.rawValue, in: "compress")
    }
    for (library, functions) in [
      ("brotli", ["encode", "decode"]), ("zstd", ["encode", "decode", "train_dict", "inspect_dict"]),
    ] {
      for name in functions {
        host.define(name, of: "compress.\(library)") { _, _ throws(LuaRaise) in
          throw .message("compress.\(library).\(name) is not available in Hindcast yet")
        }
      }
      host.nest(library, in: "compress")
    }
  }

  private static func option(_ name: String, _ call: LuaCall) -> Int64? {
    guard call.type(2) == .table else { return nil }
    return call.field(name, of: 2) { call.integer($0) }
  }

  private static func failure(_ error: ZlibFormat.Failure, _ format: ZlibFormat) -> LuaErrorValue {
    let context = "\(format.rawValue) decode failed"
    switch error {
    case .badStart: return .invalid("invalid \(format.rawValue) data")
    case .damaged where format == .deflate: return .invalid("invalid deflate data")
    case .tooLarge where format == .deflate: return .invalid("invalid deflate data")
    case .damaged: return .internalError("unexpected EOF or damaged data", context: context)
    case .tooLarge: return .internalError("decompressed size exceeds limit", context: context)
    }
  }
}
