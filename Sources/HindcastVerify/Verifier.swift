import HindcastHistory
public import HindcastReplay

/// Has histories replayed by the workers that come to a ``VerificationServer``.
public struct Verifier: Sendable {
  private let server: VerificationServer

  /// Makes a verifier.
  public init(server: VerificationServer) { self.server = server }

  /// Brings every history of the sources to its verdict, as many at once as workers ask for tasks.
  ///
  /// - Parameters:
  ///   - sources: where the histories are; only read.
  ///   - report: takes the results, in the order of the sources.
  /// - Throws: ``VerificationError`` when no worker comes for what is left; what has a verdict was reported then. What
  ///   `report` throws.
  public func run(
    _ sources: some Sequence<HistorySource> & Sendable, report: (ReplayResult) throws -> Void
  ) async throws {
    var queue = HistoryQueue(sources.makeIterator())
    var suites = SuiteCache()
    var results = OrderedResults()
    func reportReady(skippingGaps: Bool = false) throws {
      for result in results.takeReady(skippingGaps: skippingGaps) {
        for settled in suites.settle(result, isStrict: false) { try report(settled) }
      }
    }
    try await withThrowingTaskGroup(of: (Int, Result<HistoryVerdict, any Error>).self) { group in
      var failure: (any Error)?
      while true {
        while failure == nil, results.open < max(1, server.options.lookAhead), let item = queue.next() {
          let place = results.addPlace()
          switch item {
          case .result(let result): results.fill(place, with: result)
          case .history(let history):
            group.addTask { [server] in (place, await HistoryExamination(history, on: server).result()) }
          }
        }
        if failure == nil { try reportReady() }
        guard let (place, result) = try await group.next() else {
          if failure != nil || !queue.hasMore { break }
          continue
        }
        switch result {
        case .success(let verdict): results.fill(place, with: .verdict(verdict))
        // What others still have under way comes to its end; new ones are not begun.
        case .failure(let error): failure = failure ?? error
        }
      }
      try reportReady(skippingGaps: failure != nil)
      if let failure { throw failure }
    }
  }
}

/// The histories of sources, one after another.
private struct HistoryQueue {
  enum Item {
    case history(WorkflowHistory)
    case result(ReplayResult)
  }

  private var sources: any IteratorProtocol<HistorySource>
  private var items: [Item] = []
  private(set) var hasMore = true

  init(_ sources: some IteratorProtocol<HistorySource>) { self.sources = sources }

  mutating func next() -> Item? {
    while items.isEmpty {
      guard let source = sources.next() else {
        hasMore = false
        return nil
      }
      do throws(HistoryError) {
        items = try source.read().reversed().map(Item.history)
      } catch {
        items = [.result(ReplayResult(error, reading: source))]
      }
    }
    return items.removeLast()
  }
}

/// Results that come in any order and leave in that of their places.
private struct OrderedResults {
  private var places: [ReplayResult?] = []
  private var first = 0

  /// Places that were not handed out.
  var open: Int { places.count }

  mutating func addPlace() -> Int {
    places.append(nil)
    return first + places.count - 1
  }

  mutating func fill(_ place: Int, with result: ReplayResult) { places[place - first] = result }

  /// The results up to the first place without one; all of them, when gaps are skipped.
  mutating func takeReady(skippingGaps: Bool) -> [ReplayResult] {
    let count = skippingGaps ? places.count : places.firstIndex { $0 == nil } ?? places.count
    defer {
      places.removeFirst(count)
      first += count
    }
    return places[..<count].compactMap { $0 }
  }
}
