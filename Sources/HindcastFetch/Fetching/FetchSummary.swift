/// What a fetch did, and how far it is.
public struct FetchSummary: Sendable {
  /// A history that could not be fetched.
  public struct Failure: Sendable {
    /// The run.
    public var run: RunKey
    /// Why not.
    public var error: any Error
  }

  /// Runs that the list gave so far.
  public var listed = 0
  /// Histories that were fetched and are in files.
  public var fetched = 0
  /// Histories that were in the folder already, complete.
  public var skipped = 0
  /// Histories that were fetched and of which one was left out, it or another of the same shape.
  public var duplicates = 0
  /// The events of the fetched histories.
  public var events = 0
  /// Histories that could not be fetched, in the order of their runs.
  public var failures: [Failure] = []
  /// Why the fetch ended before the list did; nil when it did not.
  public var stop: (any Error)?

  /// Nothing was done yet.
  public init() {}
}
