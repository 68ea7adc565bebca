public import HindcastCore
import HindcastHistory

/// A file with histories that may or may not be worth keeping.
public struct PruneCandidate: Sendable {
  /// Why a file is kept whatever it shows.
  public enum Protection: Sendable, Equatable {
    /// Its folder's `expected.yaml` names it, and would be wrong without it.
    case expected
    /// It did not pass: somebody may want to look at it.
    case notPassed(Verdict)
  }

  /// The file.
  public var file: String
  /// How many events its histories have.
  public var events: Int
  /// What its histories show.
  public var features: Set<CorpusFeature>
  /// Why it is kept; nil: for what it shows, if at all.
  public var protection: Protection?
  /// Its histories as text, where it matters whether another file holds the same ones.
  var content: [UInt8] = []

  /// Describes a file.
  public init(file: String, events: Int, features: Set<CorpusFeature>, protection: Protection? = nil) {
    self.file = file
    self.events = events
    self.features = features
    self.protection = protection
  }

  /// Takes the verdict on the file's first history.
  public init(_ verdict: HistoryVerdict) {
    self.init(file: verdict.file, events: 0, features: [])
    add(verdict)
  }

  /// Takes the verdict on a further history of the file.
  public mutating func add(_ verdict: HistoryVerdict) {
    events += verdict.events
    features.formUnion(verdict.features)
    if verdict.expectation != nil { protection = .expected }
    guard verdict.verdict != .passed else { return }
    if protection == nil { protection = .notPassed(verdict.verdict) }
    // Of a file that cannot be read there is nothing to compare.
    content += verdict.history.map { HistoryWriter.json($0) } ?? Array("\(file)#\(verdict.index)".utf8)
  }
}
