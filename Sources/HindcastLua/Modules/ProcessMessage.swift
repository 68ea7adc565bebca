/// A message of an inbox: `process.Message`.
final class ProcessMessage {
  let topic: String
  let sender: ProcessID?
  let payloads: EncodedArguments

  init(topic: String, sender: ProcessID?, payloads: EncodedArguments) {
    self.topic = topic
    self.sender = sender
    self.payloads = payloads
  }
}

/// The kinds of process events.
enum ProcessEvent {
  static let cancel = "pid.cancel"
  static let exit = "pid.exit"
  static let linkDown = "pid.link.down"
}

extension ProcessModule {
  static func registerMessages(_ host: ModuleHost) {
    let kind = host.messages
    kind.setDescription { message, purpose in purpose == .text ? "process.Message{topic=\(message.topic)}" : nil }
    host.define("topic", of: kind) { call, host throws(LuaRaise) in call.reply(try message(call, host).topic) }
    host.define("from", of: kind) { call, host throws(LuaRaise) in
      let sender = try message(call, host).sender
      return call.reply(sender.map { $0.isEmpty ? "" : $0.text } ?? "")
    }
    host.define("payload", of: kind) { call, host throws(LuaRaise) in
      let message = try message(call, host)
      if message.payloads.isEmpty { call.pushNil() } else { host.pushWrapped(message.payloads, onto: call) }
      return .results(1)
    }
  }

  private static func message(_ call: LuaCall, _ host: ModuleHost) throws(LuaRaise) -> ProcessMessage {
    guard let message = call.object(1, host.messages) else { throw .argument(1, "message expected") }
    return message
  }
}
