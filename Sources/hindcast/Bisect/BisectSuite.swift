import HindcastCore
import HindcastHistory
import HindcastReplay

/// The histories of a bisection, as they are now: each commit gets the same ones, whatever it holds itself.
struct BisectSuite {
  /// One history each.
  private(set) var sources: [HistorySource] = []
  /// What cannot be replayed though it was asked for, in words.
  private(set) var complaints: [String] = []
  /// Whether something that was asked for cannot be read at all.
  private(set) var isUnreadable = false

  /// Reads all histories of a corpus.
  init(_ corpus: Corpus) {
    for source in corpus {
      switch Result(catching: { () throws(HistoryError) in try source.read() }) {
      case .success(let histories):
        sources += histories.map { HistorySource(name: source.name, content: .histories([$0])) }
      case .failure(let error):
        switch ReplayResult(error, reading: source) {
        case .passedOver: break
        case .verdict:
          complaints.append("left out: \(error)")
        case .unreadable, .suiteError:
          complaints.append("error: \(error)")
          isUnreadable = true
        }
      }
    }
  }
}

/// What became of one history at one commit.
enum BisectOutcome: Sendable {
  case passed
  case failed(HistoryVerdict)
  /// The code of the commit cannot run the history at all, so that it says nothing of replay.
  case unloadable(HistoryVerdict)

  init(_ verdict: HistoryVerdict) {
    if verdict.isAcceptable {
      self = .passed
      return
    }
    switch verdict.failure?.rule {
    case .loadError, .unregisteredType: self = .unloadable(verdict)
    default: self = .failed(verdict)
    }
  }

  /// The verdict, unless it passed.
  var verdict: HistoryVerdict? {
    switch self {
    case .passed: nil
    case .failed(let verdict), .unloadable(let verdict): verdict
    }
  }

  var isUnloadable: Bool { if case .unloadable = self { true } else { false } }
}
