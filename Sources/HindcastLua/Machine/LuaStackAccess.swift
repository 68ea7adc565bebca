internal import CLuaHost

/// Reading and pushing values on a Lua stack. Nothing here can raise.
///
/// Positions count from 1 at the bottom; negative ones from -1 at the top. A position that holds nothing reads as nil.
protocol LuaStackAccess {
  var state: OpaquePointer { get }
  var machine: LuaMachine { get }
}

/// Lua's basic types.
enum LuaType: Int32, Sendable {
  case none = -1
  case `nil`
  case boolean, lightUserdata, number, string, table, function, userdata, thread

  /// The name that `type` gives.
  var name: String {
    switch self {
    case .none: "no value"
    case .nil: "nil"
    case .boolean: "boolean"
    case .lightUserdata, .userdata: "userdata"
    case .number: "number"
    case .string: "string"
    case .table: "table"
    case .function: "function"
    case .thread: "thread"
    }
  }
}

/// A number with its subtype.
enum LuaNumber: Hashable, Sendable {
  case integer(Int64)
  case float(Double)

  /// The value as a float.
  var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .float(let value): value
    }
  }

  /// The value as an integer, truncated; saturating outside the range of 64 bits.
  var truncated: Int64 {
    switch self {
    case .integer(let value): value
    case .float(let value):
      if let exact = Int64(exactly: value.rounded(.towardZero)) {
        exact
      } else {
        value > 0 ? .max : value < 0 ? .min : 0
      }
    }
  }
}

// MARK: Reading

extension LuaStackAccess {
  /// How many values the stack holds.
  var top: Int { Int(hc_top(state)) }

  /// The type at a position.
  func type(_ position: Int) -> LuaType { LuaType(rawValue: hc_type(state, Int32(position))) ?? .none }

  /// Lua's name of the type, or the name of the kind of a host object.
  func typeName(_ position: Int) -> String { String(cString: hc_type_name(state, Int32(position))) }

  /// Whether there is no value, or nil.
  func isNil(_ position: Int) -> Bool { hc_type(state, Int32(position)) <= 0 }

  /// Whether the value counts as true.
  func truth(_ position: Int) -> Bool { hc_boolean(state, Int32(position)) }

  /// The boolean at a position, or nil for any other type.
  func boolean(_ position: Int) -> Bool? {
    hc_type(state, Int32(position)) == Int32(HC_BOOLEAN) ? hc_boolean(state, Int32(position)) : nil
  }

  /// The number at a position, or nil for any other type (numeric strings included).
  func number(_ position: Int) -> LuaNumber? {
    guard hc_type(state, Int32(position)) == Int32(HC_NUMBER) else { return nil }
    return hc_is_integer(state, Int32(position))
      ? .integer(hc_integer(state, Int32(position))) : .float(hc_double(state, Int32(position)))
  }

  /// The number at a position as an integer, truncated, or nil for any other type.
  func integer(_ position: Int) -> Int64? {
    hc_type(state, Int32(position)) == Int32(HC_NUMBER) ? hc_integer(state, Int32(position)) : nil
  }

  /// The number at a position as a float, or nil for any other type.
  func double(_ position: Int) -> Double? {
    hc_type(state, Int32(position)) == Int32(HC_NUMBER) ? hc_double(state, Int32(position)) : nil
  }

  /// The string at a position, with invalid UTF-8 replaced by U+FFFD, or nil for any other type.
  func string(_ position: Int) -> String? {
    var length = 0
    guard let bytes = hc_string(state, Int32(position), &length) else { return nil }
    return String(bytes: bytes, count: length)
  }

  /// Calls `body` with the bytes of the string at a position; nil for any other type.
  func withBytes<Result>(_ position: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
    var length = 0
    guard let bytes = hc_string(state, Int32(position), &length) else { return nil }
    return body(UnsafeRawBufferPointer(start: bytes, count: length))
  }

  /// The host object at a position if it is of the kind.
  func object<Object>(_ position: Int, _ kind: LuaKind<Object>) -> Object? {
    var number: Int32 = 0
    guard let pointer = hc_object(state, Int32(position), &number), number == kind.number else { return nil }
    return unsafeDowncast(Unmanaged<AnyObject>.fromOpaque(pointer).takeUnretainedValue(), to: Object.self)
  }

  /// The text that `tostring` gives for a value without `__tostring`.
  func text(_ position: Int) -> String {
    hc_push_text(state, Int32(position))
    defer { hc_pop(state, 1) }
    return string(-1) ?? ""
  }

  /// Keeps the value at a position alive as long as the reference lives.
  func reference(_ position: Int) -> LuaReference {
    hc_push_value(state, Int32(position))
    return LuaReference(machine: machine, slot: hc_ref(machine.vm, state))
  }
}

// MARK: Tables

extension LuaStackAccess {
  /// The length of the table at a position, without metamethods.
  func length(_ position: Int) -> Int { Int(hc_length(state, Int32(position))) }

  /// Pushes field `key` of the table at a position (nil for what is not a table) and returns its type.
  @discardableResult
  func pushField(_ key: String, of position: Int) -> LuaType {
    var key = key
    let type = key.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { hc_get_field(state, Int32(position), $0.baseAddress, $0.count) }
    }
    return LuaType(rawValue: type) ?? .none
  }

  /// Pushes element `index` of the table at a position and returns its type.
  @discardableResult
  func pushElement(_ index: Int, of position: Int) -> LuaType {
    LuaType(rawValue: hc_get_index(state, Int32(position), Int64(index))) ?? .none
  }

  /// Reads field `key` of the table at a position with `body`, which gets the position of the field's value.
  func field<Result>(_ key: String, of position: Int, _ body: (Int) -> Result) -> Result {
    pushField(key, of: position)
    defer { hc_pop(state, 1) }
    return body(top)
  }

  /// Calls `body` with the positions of key and value of each field of the table at a position, in the order of
  /// `pairs`. Stops when `body` returns false. Values that `body` pushes are popped.
  func forEachField(of position: Int, _ body: (_ key: Int, _ value: Int) -> Bool) {
    guard hc_reserve(state, 8) else { return }
    hc_iterate(state, Int32(position))
    let iterator = hc_top(state)
    while hc_iterate_next(state, iterator) {
      let goesOn = body(Int(iterator) + 1, Int(iterator) + 2)
      hc_set_top(state, iterator)
      if !goesOn { break }
    }
    hc_set_top(state, iterator - 1)
  }
}

// MARK: Pushing

extension LuaStackAccess {
  /// Makes room for so many more values; false when the stack is full. Host functions start with room for 60.
  func reserve(_ count: Int) -> Bool { hc_reserve(state, Int32(count)) }

  func pushNil() { hc_push_nil(state) }
  func push(_ value: Bool) { hc_push_boolean(state, value) }
  func push(_ value: Double) { hc_push_double(state, value) }
  func push(_ value: Int64) { hc_push_integer(state, value) }
  func push(_ value: Int) { hc_push_integer(state, Int64(value)) }

  func push(_ value: LuaNumber) {
    switch value {
    case .integer(let value): hc_push_integer(state, value)
    case .float(let value): hc_push_double(state, value)
    }
  }

  func push(_ value: String) {
    var value = value
    value.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { hc_push_string(state, $0.baseAddress, $0.count) }
    }
  }

  func push(bytes: UnsafeRawBufferPointer) {
    hc_push_string(state, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
  }

  func push(bytes: [UInt8]) {
    bytes.withUnsafeBytes { push(bytes: $0) }
  }

  func push(_ function: LuaFunction) { hc_push_host_function(state, function.number, function.name) }
  func push(_ reference: LuaReference) { hc_push_ref(machine.vm, state, reference.slot) }
  func push(_ thread: LuaThread) { hc_push_thread(thread.state, state) }

  /// Pushes the userdata of an object: always the same one for the same object while Lua holds it.
  func push<Object>(_ object: Object, _ kind: LuaKind<Object>) {
    let handle = Unmanaged<AnyObject>.passUnretained(object)
    if hc_push_object(machine.vm, state, kind.number, handle.toOpaque()) { _ = handle.retain() }
  }

  /// Pushes a copy of the value at a position.
  func pushCopy(_ position: Int) { hc_push_value(state, Int32(position)) }

  /// Pushes the globals of an environment.
  func pushGlobals(of environment: LuaEnvironment) { hc_run_push_globals(machine.vm, environment.run, state) }

  /// Pushes a shared library's read-only table, or nil.
  func pushLibrary(_ name: String) { hc_push_library(machine.vm, state, name) }

  /// Pushes the function that translated text calls for an operation (`cat`, `len` …); false, and nothing, when the
  /// machine has none of that name.
  func pushHelper(_ name: String) -> Bool { hc_push_helper(machine.vm, state, name) }

  /// Pushes an empty table with room for so many elements and fields. With `fields` above 0 it counts as one with
  /// keyed storage: JSON writes it `{}`.
  func pushTable(elements: Int = 0, fields: Int = 0) { hc_push_table(state, Int32(elements), Int32(fields)) }

  /// Pops a value and makes it field `key` of the table at a position.
  func setField(_ key: String, of position: Int) {
    var key = key
    key.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { hc_set_field(state, Int32(position), $0.baseAddress, $0.count) }
    }
  }

  /// Pops a value and makes it element `index` of the table at a position.
  func setElement(_ index: Int, of position: Int) { hc_set_index(state, Int32(position), Int64(index)) }

  /// Drops the top values.
  func pop(_ count: Int = 1) { hc_pop(state, Int32(count)) }

  /// Moves the top values to another stack of the same machine.
  func move(_ count: Int, to other: some LuaStackAccess) { hc_move(state, other.state, Int32(count)) }
}

extension String {
  /// The text of `count` bytes, with invalid UTF-8 replaced by U+FFFD.
  init(bytes: UnsafePointer<CChar>, count: Int) {
    self = bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
      String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
    }
  }
}
