/// A `stream` of upstream's, as far as HTTP answers need it: content that is all there, read piece by piece.
final class ContentStream {
  private var rest: ArraySlice<UInt8>
  private(set) var isClosed = false

  init(_ content: [UInt8]) { rest = content[...] }

  /// Takes the next bytes, all where the count is not positive; nil at the end.
  func read(_ count: Int64) -> [UInt8]? {
    if rest.isEmpty { return nil }
    let part = count > 0 ? rest.prefix(Int(clamping: count)) : rest
    rest = rest.dropFirst(part.count)
    return Array(part)
  }

  func readAll() -> [UInt8] { read(0) ?? [] }

  func close() {
    isClosed = true
    rest = []
  }
}

/// The methods of streams.
enum StreamMethods: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("read", of: host.streams) { call, host throws(LuaRaise) in
      let stream = try call.checkObject(1, host.streams)
      let count = call.isNil(2) ? 0 : try call.checkInteger(2)
      if stream.isClosed { return call.fail(.internalError("stream is closed", context: "stream read"), host) }
      if let bytes = stream.read(count) { call.push(bytes: bytes) } else { call.pushNil() }
      return call.succeed()
    }
    host.define("close", of: host.streams) { call, host throws(LuaRaise) in
      try call.checkObject(1, host.streams).close()
      call.push(true)
      return call.succeed()
    }
  }
}
