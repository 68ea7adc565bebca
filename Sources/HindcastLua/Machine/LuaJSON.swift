internal import CLuaHost

/// Why a value has no JSON text, or a text no value.
struct LuaJSONError: Error, CustomStringConvertible {
  /// The encoder's texts are those of Wippy's, word for word.
  let message: String
  /// Where in the text the decoder stopped, in bytes.
  var offset: Int?

  var description: String { offset.map { "\(message) (at byte \($0))" } ?? message }
}

extension LuaStackAccess {
  /// Pushes the value of JSON text. What follows the first value in it is ignored.
  func pushJSON(_ bytes: UnsafeRawBufferPointer) throws(LuaJSONError) {
    var offset = 0
    let text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
    if let problem = hc_push_json(machine.vm, state, text, bytes.count, &offset) {
      throw LuaJSONError(message: String(cString: problem), offset: offset)
    }
  }

  /// Calls `body` with the JSON text of the value at a position. The bytes are valid only inside `body`.
  ///
  /// - Parameter exporting: the value leaves the workflow: userdata in it that is no error counts as nil.
  func withJSON<Result>(_ position: Int, exporting: Bool = false, _ body: (UnsafeRawBufferPointer) -> Result)
    throws(LuaJSONError) -> Result
  {
    var bytes: UnsafePointer<CChar>?
    var length = 0
    if let problem = hc_json(machine.vm, state, Int32(position), exporting, &bytes, &length) {
      throw LuaJSONError(message: String(cString: problem))
    }
    return body(UnsafeRawBufferPointer(start: bytes, count: length))
  }

  /// The JSON text of the value at a position.
  func json(_ position: Int, exporting: Bool = false) throws(LuaJSONError) -> [UInt8] {
    try withJSON(position, exporting: exporting) { Array($0) }
  }

  /// Pushes the value of JSON text.
  func pushJSON(_ text: String) throws(LuaJSONError) { try pushJSON(Array(text.utf8)) }

  /// Pushes the value of JSON text.
  func pushJSON(_ bytes: [UInt8]) throws(LuaJSONError) {
    var problem: LuaJSONError?
    bytes.withUnsafeBytes { bytes in
      do throws(LuaJSONError) { try pushJSON(bytes) } catch { problem = error }
    }
    if let problem { throw problem }
  }
}
