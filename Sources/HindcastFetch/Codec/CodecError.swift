/// Why a codec's endpoint did not decode payloads. No payload and no credential is in it.
public struct CodecError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The endpoint, as it was called.
  public var url: String
  /// What is wrong.
  public var message: String
  /// Whether other payloads would meet with the same.
  public var concernsAll: Bool

  /// The endpoint and what is wrong.
  public var description: String { "codec endpoint \(url): \(message)" }
}
