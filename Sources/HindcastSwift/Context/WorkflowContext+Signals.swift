import TemporalAPI

extension WorkflowContext {
  /// The signals of a name, with a value each.
  public func signalChannel<Value: Decodable & SendableMetatype>(
    named name: String, of type: Value.Type = Value.self
  ) -> SignalChannel<Value> {
    channel(named: name) { try PayloadConverter.decode(Value.self, from: $0) }
  }

  /// The signals of a name, whose values do not matter.
  public func signalChannel(named name: String) -> SignalChannel<Void> {
    channel(named: name) { _ in }
  }

  private func channel<Value>(
    named name: String, _ decode: @escaping @Sendable (Temporal_Api_Common_V1_Payloads) throws -> Value
  ) -> SignalChannel<Value> {
    let core = host.read(ChannelCore(name: name, capacity: 0)) { _ in host.signalChannel(named: name) }
    return SignalChannel(host: host, core: core, decode: decode)
  }
}
