import CLuaHost

extension LuaStackAccess {
  /// Takes the value at a position out of the stack.
  func remove(_ position: Int) { hc_remove(state, Int32(position)) }
}

extension LuaCall {
  /// `nil` and an error.
  func fail(_ error: LuaErrorValue, _ host: ModuleHost) -> LuaReply {
    pushNil()
    host.push(error, onto: self)
    return .results(2)
  }

  /// `false` and an error.
  func refuse(_ error: LuaErrorValue, _ host: ModuleHost) -> LuaReply {
    push(false)
    host.push(error, onto: self)
    return .results(2)
  }

  /// The top value, and `nil` for no error.
  func succeed() -> LuaReply {
    pushNil()
    return .results(2)
  }

  /// The bytes of a string argument.
  func checkBytes(_ argument: Int) throws(LuaRaise) -> [UInt8] {
    if let bytes = withBytes(argument, { Array($0) }) { return bytes }
    return Array(try checkString(argument).utf8)
  }

  /// Pushes the host objects' own texts and numbers.
  func reply(_ text: String) -> LuaReply {
    push(text)
    return .results(1)
  }

  func reply(_ number: Double) -> LuaReply {
    push(number)
    return .results(1)
  }

  func reply(_ flag: Bool) -> LuaReply {
    push(flag)
    return .results(1)
  }
}
