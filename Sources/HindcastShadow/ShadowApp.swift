public import HindcastCore
internal import HindcastReplay

/// What is replayed.
public struct ShadowApp: Sendable {
  /// The code.
  let code: AppCode
  /// Tells codes apart: results of different ones do not add up.
  let digest: String

  /// Describes an app.
  ///
  /// Runs of types that it does not define are skipped.
  ///
  /// - Parameters:
  ///   - code: Its workflows.
  ///   - digest: A digest of everything that the workflows' behaviour depends on.
  public init(_ code: any WorkflowCode, digest: String) {
    self.code = AppCode(code, isInferred: true)
    self.digest = digest
  }
}
