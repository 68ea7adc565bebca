internal import CLuaHost

/// A kind of host objects in one machine: what Lua code can do with them.
struct LuaKind<Object: AnyObject> {
  unowned(unsafe) let machine: LuaMachine
  let number: Int32
  let name: String

  /// Makes a function a method: `object:name(…)`. The object is argument 1.
  func setMethod(_ name: String, _ body: @escaping LuaHostFunction) {
    machine.push(machine.makeFunction(name, body))
    hc_kind_set(machine.vm, number, name, Int32(HC_METHOD_INDEX))
  }

  /// Makes a function a metamethod: `__concat`, `__eq`, `__index` (which replaces the methods) …
  func setMetamethod(_ event: String, _ body: @escaping LuaHostFunction) {
    machine.push(machine.makeFunction(event, body))
    hc_kind_set(machine.vm, number, event, Int32(HC_METHOD_META))
  }

  /// Says what stands for an object in `tostring` and error messages, and in JSON.
  func setDescription(_ describe: @escaping (Object, LuaDescriptionPurpose) -> String?) {
    machine.bridge.descriptions[Int(number) - 1] = { object, purpose in
      describe(unsafeDowncast(object, to: Object.self), purpose)
    }
  }
}

/// Keeps a Lua value alive for Swift, as long as the machine lives. Push it to use it.
///
/// It does not keep the machine alive, so host objects may hold references.
final class LuaReference {
  private let bridge: LuaBridge
  let slot: Int32

  init(machine: LuaMachine, slot: Int32) {
    bridge = machine.bridge
    self.slot = slot
  }

  deinit {
    if let vm = bridge.vm { hc_unref(vm, slot) }
  }
}
