/// The code that a history is replayed against.
///
/// Identity matters: histories that share one value share the runtimes made from it.
public final class AppCode: Sendable {
  /// The code.
  public let code: any WorkflowCode
  /// The app's folder as the user would type it; nil for code that is in no folder.
  public let directory: String?
  /// Whether the app was found by looking around, so that a type it does not define is none of its business.
  public let isInferred: Bool

  /// Describes code.
  public init(_ code: any WorkflowCode, directory: String? = nil, isInferred: Bool = false) {
    self.code = code
    self.directory = directory
    self.isInferred = isInferred
  }
}

/// Says which code belongs to which history.
public protocol WorkflowCodeProvider: Sendable {
  /// The code for the histories of a file. Called on any thread, once a file.
  ///
  /// - Parameter file: the file as its path was given; the name of the source where there is no file.
  func code(forFile file: String) throws(WorkflowLoadError) -> AppCode
}

/// The same code for every history.
public struct SingleApp: WorkflowCodeProvider {
  private let app: AppCode

  /// Makes a provider of one app's code.
  public init(_ app: AppCode) { self.app = app }

  /// The app.
  public func code(forFile file: String) -> AppCode { app }
}
