/// Why a history cannot be recorded anew.
public struct RecordingRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of reason it is.
  public enum Kind: Sendable, Hashable {
    /// The history is not the beginning of anything: its run was started by another workflow, or goes on from another run.
    case belongsToAnotherRun
    /// Something happened to the run that only its server or an operator could do again.
    case unrepeatable
    /// The history is broken.
    case invalid
  }

  /// What kind of reason it is.
  public var kind: Kind
  /// The reason, in words.
  public var message: String

  /// The reason.
  public var description: String { message }

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
