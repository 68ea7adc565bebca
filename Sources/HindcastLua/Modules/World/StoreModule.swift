import HindcastCore
import HindcastRegistry

/// What a `store.memory` entry holds while the app runs.
struct MemoryStore {
  private struct Item {
    var payload: EncodedPayload
    /// When it is forgotten; nil: never.
    var end: GoTime?
  }

  private var items: [String: Item] = [:]

  func payload(_ key: String, at now: GoTime) -> EncodedPayload? {
    guard let item = items[key] else { return nil }
    if let end = item.end, !now.isBefore(end) { return nil }
    return item.payload
  }

  mutating func set(_ key: String, _ payload: EncodedPayload, until end: GoTime?) {
    items[key] = Item(payload: payload, end: end)
  }

  /// Whether there was something to delete.
  mutating func delete(_ key: String, at now: GoTime) -> Bool {
    let wasThere = payload(key, at: now) != nil
    items[key] = nil
    return wasThere
  }
}

/// A store as Lua code holds it.
final class StoreHandle {
  let id: String
  var isReleased = false

  init(id: String) { self.id = id }
}

/// `store`, for activities: stores that are kept in memory (`store.memory`).
enum StoreModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("get", of: "store") { call, host throws(LuaRaise) in
      let id = try call.checkString(1)
      if id.isEmpty { return call.fail(.invalid("resource id is required"), host) }
      guard let entry = host.client?.appState?.entry(EntryID(parsing: id)), entry.kind.hasPrefix("store.") else {
        return call.fail(.internalError("resource not found: \(id)", context: "failed to acquire resource"), host)
      }
      guard entry.kind == "store.memory" else {
        return call.fail(
          .internalError("\(entry.kind) is not available in Hindcast yet; store.memory is", context: "store.get"), host)
      }
      call.push(StoreHandle(id: entry.id.description), host.stores)
      return .results(1)
    }
    let kind = host.stores
    host.define("get", of: kind) { call, host throws(LuaRaise) in
      try withKey(call, host) { state, id, key, now throws(LuaRaise) in
        guard let payload = state.withStore(id, { $0.payload(key, at: now) }) else {
          return call.fail(.notFound("key not found"), host)
        }
        call.pushOrNil(payload: payload)
        return call.succeed()
      }
    }
    host.define("has", of: kind) { call, host throws(LuaRaise) in
      try withKey(call, host) { state, id, key, now throws(LuaRaise) in
        call.push(state.withStore(id, { $0.payload(key, at: now) }) != nil)
        return call.succeed()
      }
    }
    host.define("delete", of: kind) { call, host throws(LuaRaise) in
      try withKey(call, host) { state, id, key, now throws(LuaRaise) in
        call.push(state.withStore(id) { $0.delete(key, at: now) })
        return call.succeed()
      }
    }
    host.define("set", of: kind) { call, host throws(LuaRaise) in
      try withKey(call, host) { state, id, key, now throws(LuaRaise) in
        if call.isNil(3) { return call.fail(.invalid("value is required"), host) }
        let seconds = call.count >= 4 ? try call.checkDouble(4) : 0
        do throws(PayloadError) {
          let payload = try call.payload(3, isExported: true)
          let end = seconds > 0 ? now.adding(nanoseconds: LuaNumber.float(seconds * 1e9).truncated) : nil
          state.withStore(id) { $0.set(key, payload, until: end) }
          call.push(true)
          return call.succeed()
        } catch {
          return call.fail(.internalError(error.description, context: "failed to transcode"), host)
        }
      }
    }
    host.define("release", of: kind) { call, host throws(LuaRaise) in
      try call.checkObject(1, host.stores).isReleased = true
      return call.reply(true)
    }
    for name in ["info", "entry", "list", "put"] {
      host.define(name, of: kind) { _, _ throws(LuaRaise) in
        throw .message("store:\(name) is not available in Hindcast yet")
      }
    }
  }

  private static func withKey(
    _ call: LuaCall, _ host: ModuleHost,
    _ body: (LuaAppState, String, String, GoTime) throws(LuaRaise) -> LuaReply
  ) throws(LuaRaise) -> LuaReply {
    let store = try call.checkObject(1, host.stores)
    if store.isReleased { return call.fail(.invalid("store is released"), host) }
    let key = try call.checkString(2)
    if key.isEmpty { return call.fail(.invalid("key is required"), host) }
    guard let client = host.client, let state = client.appState else { throw .message("no context") }
    return try body(state, store.id, key, GoTime(client.now, zone: .utc))
  }
}
