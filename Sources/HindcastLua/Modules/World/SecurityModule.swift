import Foundation
import TemporalAPI

/// Who acts, for `security`.
final class LuaActor {
  let id: String
  let meta: [String: GoValue]

  init(id: String, meta: [String: GoValue]) {
    self.id = id
    self.meta = meta
  }
}

/// `security`, for activities: the actor that came in the header (spec/wippy.md 6).
///
/// Policies are not evaluated. Without a scope everything is allowed, as upstream; where the header carries policies, what
/// they would decide is an error, not a guess.
enum SecurityModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("actor", of: "security") { call, host throws(LuaRaise) in
      if let actor = context(host).actor { call.push(actor, host.actors) } else { call.pushNil() }
      return .results(1)
    }
    host.define("scope", of: "security") { call, host throws(LuaRaise) in
      try requireNoPolicies(host, "security.scope")
      call.pushNil()
      return .results(1)
    }
    host.define("can", of: "security") { call, host throws(LuaRaise) in
      _ = try call.checkString(1)
      _ = try call.checkString(2)
      try requireNoPolicies(host, "security.can")
      return call.reply(true)
    }
    host.define("new_actor", of: "security") { call, host throws(LuaRaise) in
      let id = try call.checkString(1)
      if !call.isNil(2) { try call.check(2, is: .table) }
      call.push(LuaActor(id: id, meta: call.type(2) == .table ? call.stringFields(2) : [:]), host.actors)
      return .results(1)
    }
    for name in ["policy", "named_scope", "new_scope", "token_store"] {
      host.define(name, of: "security") { _, _ throws(LuaRaise) in
        throw .message("security.\(name) is not available in Hindcast yet")
      }
    }
    host.define("id", of: host.actors) { call, host throws(LuaRaise) in
      call.reply(try call.checkObject(1, host.actors).id)
    }
    host.define("meta", of: host.actors) { call, host throws(LuaRaise) in
      call.push(GoValue.object(try call.checkObject(1, host.actors).meta), floatsOnly: true)
      return .results(1)
    }
  }

  private static func requireNoPolicies(_ host: ModuleHost, _ function: String) throws(LuaRaise) {
    let policies = context(host).policies
    if policies.isEmpty { return }
    throw .message(
      "\(function) is not available in Hindcast yet where policies hold: \(policies.joined(separator: ", "))")
  }

  /// What the header says; nothing where it cannot be read, as upstream.
  private static func context(_ host: ModuleHost) -> (actor: LuaActor?, policies: [String]) {
    guard let payload = host.client?.context.security else { return (nil, []) }
    let value: GoValue
    do throws(JSONSyntaxError) {
      value = try GoValue(json: payload.data)
    } catch {
      return (nil, [])
    }
    var policies: [String] = []
    if case .array(let names)? = value["policies"] { policies = names.compactMap(\.string) }
    guard let actor = value["actor"], let id = actor["id"]?.string else { return (nil, policies) }
    var meta: [String: GoValue] = [:]
    if case .object(let fields)? = actor["meta"] { meta = fields }
    return (LuaActor(id: id, meta: meta), policies)
  }
}
