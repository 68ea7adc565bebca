extension LuaCall {
  /// The bytes of a string, for work that grows with them; nil for any other type.
  func chargedBytes(_ position: Int) -> [UInt8]? {
    guard let bytes = withBytes(position, { Array($0) }) else { return nil }
    charge(bytes.count)
    return bytes
  }

  /// The bytes of a string (or of a number's text), for work that grows with them.
  func checkChargedBytes(_ position: Int) throws(LuaRaise) -> [UInt8] {
    let bytes = try checkBytes(position)
    charge(bytes.count)
    return bytes
  }

  /// Hashing and the like take about as long for eight bytes as the machine for an instruction.
  private func charge(_ bytes: Int) { charge(instructions: Int64(bytes / 8)) }
}
