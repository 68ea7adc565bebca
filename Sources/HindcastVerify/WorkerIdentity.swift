/// A worker, as far as its poll tells who it is.
struct WorkerIdentity: Sendable, Hashable {
  /// What it calls itself, such as `4711@host`.
  var name: String
  /// What it is written with.
  var sdk: SDK
}

extension WorkerIdentity: CustomStringConvertible {
  /// `4711@host (temporal-python)`.
  var description: String {
    let name = name.isEmpty ? "a worker without an identity" : name
    return sdk.clientName.isEmpty ? name : "\(name) (\(sdk.clientName))"
  }
}
