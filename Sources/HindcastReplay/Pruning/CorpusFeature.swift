import HindcastCore

/// Something that a history shows of an app, for which a corpus needs one history.
public struct CorpusFeature: Hashable, Comparable, Sendable {
  /// What kind of thing.
  public enum Kind: Int, Hashable, Comparable, Sendable, CaseIterable {
    /// A line of the code that runs.
    case line
    /// A function that is called, or a way that a branch goes.
    case way
    /// A version of a change that the code is told.
    case version
    /// A type of event in a run of a workflow type.
    case eventType
    /// A rule under which something is found in a run of a workflow type.
    case rule
    /// A verdict on a run of a workflow type.
    case verdict

    /// Whether one is listed before the other.
    public static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }

    /// The kind in words, for a number of them.
    public func name(of count: Int) -> String {
      switch self {
      case .line: count == 1 ? "line" : "lines"
      case .way: count == 1 ? "way" : "ways"
      case .version: count == 1 ? "version" : "versions"
      case .eventType: count == 1 ? "event type" : "event types"
      case .rule: count == 1 ? "rule" : "rules"
      case .verdict: count == 1 ? "verdict" : "verdicts"
      }
    }
  }

  /// What kind of thing it is.
  public var kind: Kind
  /// What it belongs to: the app's folder, and the unit of code, the change or the workflow type.
  public var subject: String
  /// What tells it from others of the kind.
  public var detail: String

  /// Describes a feature.
  public init(_ kind: Kind, of subject: String, _ detail: String) {
    self.kind = kind
    self.subject = subject
    self.detail = detail
  }

  /// Whether one is listed before the other.
  public static func < (a: CorpusFeature, b: CorpusFeature) -> Bool {
    (a.kind, a.subject, a.detail) < (b.kind, b.subject, b.detail)
  }
}

extension HistoryVerdict {
  /// What the history shows of its app; of the code only where coverage was collected.
  public var features: Set<CorpusFeature> {
    let app = appDirectory ?? ""
    let type = "\(app)\u{0}\(workflowType ?? "")"
    var features: Set<CorpusFeature> = [CorpusFeature(.verdict, of: type, verdict.rawValue)]
    for finding in warnings + [failure].compactMap({ $0 }) {
      features.insert(CorpusFeature(.rule, of: type, finding.rule.rawValue))
    }
    guard let coverage else { return features }
    for (id, unit) in coverage.counts.units {
      for line in unit.lines.keys { features.insert(CorpusFeature(.line, of: "\(app)\u{0}\(id)", "\(line)")) }
      for probe in unit.probes.keys { features.insert(CorpusFeature(.way, of: "\(app)\u{0}\(id)", "\(probe)")) }
    }
    for use in coverage.versions {
      features.insert(CorpusFeature(.version, of: type, "\(use.changeID)\u{0}\(use.version)"))
    }
    for name in coverage.eventTypes.keys { features.insert(CorpusFeature(.eventType, of: type, name)) }
    return features
  }
}
