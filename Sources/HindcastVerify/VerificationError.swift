/// Why histories stay without a verdict: no worker took them.
public struct VerificationError: Error, Sendable, Hashable {
  /// What is known of the worker.
  public var message: String
  /// What may help.
  public var hint: String
}

extension VerificationError: CustomStringConvertible {
  /// `message (hint)`.
  public var description: String { "\(message) (\(hint))" }
}
