internal import CLuaHost
internal import Synchronization

/// A program: translated text, compiled once, to be instantiated in any machine.
final class LuaProgram: Sendable {
  typealias ID = UInt64

  /// What machines know the program by.
  let id: ID
  /// What error messages say before the line: the entry id.
  let chunkName: String
  /// The file that its lines are lines of.
  let file: String
  let compiled: [UInt8]

  private static let nextID = Atomic<UInt64>(1)

  /// Compiles text.
  ///
  /// - Parameters:
  ///   - text: plain Lua 5.4, that is: what the dialect translator gives. Bytecode is refused.
  ///   - chunkName: what error messages say before the line; Lua shows its first 59 bytes.
  ///   - file: the file shown in locations; the chunk name when nil.
  /// - Throws: a fault of kind ``LuaFault/Kind/syntax`` whose message begins with `<chunk name>:<line>:`.
  init(text: [UInt8], chunkName: String, file: String? = nil) throws(LuaFault) {
    id = Self.nextID.add(1, ordering: .relaxed).oldValue
    self.chunkName = chunkName
    self.file = file ?? chunkName
    var output: UnsafeMutablePointer<CChar>?
    var length = 0
    let status = text.withUnsafeBytes {
      hc_compile($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, "=" + chunkName, &output, &length)
    }
    defer { hc_free(output) }
    let result = UnsafeRawBufferPointer(start: output, count: length)
    guard status == 0 else { throw LuaFault(kind: .syntax, message: String(decoding: result, as: UTF8.self)) }
    compiled = Array(result)
  }

  /// Compiles text; see the initialiser for bytes.
  convenience init(text: String, chunkName: String, file: String? = nil) throws(LuaFault) {
    try self.init(text: Array(text.utf8), chunkName: chunkName, file: file)
  }
}
