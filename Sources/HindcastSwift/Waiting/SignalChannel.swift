import HindcastCore
import TemporalAPI

/// The signals of one name, in the order in which they came.
///
/// A signal whose payload does not decode is logged and dropped, as in the Go SDK.
public struct SignalChannel<Value>: AsyncSequence, Sendable {
  let host: WorkflowHost
  let core: ChannelCore
  let decode: @Sendable (Temporal_Api_Common_V1_Payloads) throws -> Value

  /// The signal's name.
  public var name: String { core.name }

  /// How many signals wait.
  public var count: Int { host.read(0) { _ in core.count } }

  /// Waits for the next signal.
  public func receive(file: String = #fileID, line: Int = #line) async throws -> Value {
    while true {
      let raw = try await host.receive(core, at: SourceLocation(file: file, line: line))
      if let value = decoded(raw) { return value }
    }
  }

  /// The next signal, if one is there already.
  public func tryReceive(file: String = #fileID, line: Int = #line) -> Value? {
    while true {
      let taken: ChannelCore.Taken = host.command(at: SourceLocation(file: file, line: line), otherwise: .nothing) {
        _ in
        core.takeNow()
      }
      guard case .value(let raw) = taken else { return nil }
      if let value = decoded(raw) { return value }
    }
  }

  /// Receives signals for ever.
  public func makeAsyncIterator() -> Iterator { Iterator(channel: self) }

  /// Receives one signal after another.
  public struct Iterator: AsyncIteratorProtocol {
    let channel: SignalChannel

    /// The next signal; never nil.
    public mutating func next() async throws -> Value? { try await channel.receive() }
  }

  private func decoded(_ raw: Any?) -> Value? {
    guard let payloads = raw as? Temporal_Api_Common_V1_Payloads else { return nil }
    do {
      return try decode(payloads)
    } catch {
      host.log(
        "error", "Deserialization error. Corrupted signal received on channel \(core.name).",
        [("Error", "\(error)")])
      return nil
    }
  }
}

extension WorkflowHost {
  /// Go's buffer size for signals.
  private static let signalCapacity = 100_000

  func signalChannel(named name: String) -> ChannelCore {
    if let channel = signals[name] { return channel }
    let channel = ChannelCore(name: name, capacity: Self.signalCapacity)
    signals[name] = channel
    return channel
  }
}
