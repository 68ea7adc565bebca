public import HindcastCalls
private import HindcastHistory

/// Fetches the histories of the runs that a visibility query finds into a folder, several at a time.
public struct HistoryFetcher: Sendable {
  private let connection: any ServiceConnection
  private let request: FetchRequest
  private let folder: ExportFolder
  private let transforms: [any HistoryTransform]
  /// How many histories are fetched at the same time, at least 1.
  public var jobs = 8

  /// Makes a fetcher.
  ///
  /// - Parameters:
  ///   - request: Which runs.
  ///   - connection: Where from; it tries again by itself what may succeed later.
  ///   - folder: Where to.
  ///   - transforms: What is done to each history, in order.
  public init(
    _ request: FetchRequest, from connection: any ServiceConnection, to folder: ExportFolder,
    transforms: [any HistoryTransform] = []
  ) {
    self.request = request
    self.connection = connection
    self.folder = folder
    self.transforms = transforms
  }

  /// Fetches what is missing.
  ///
  /// A history that cannot be fetched is noted and the others are; what will not work for the others either (no
  /// permission, no connection, a full disk) ends the fetch, as cancelling the task does. What is in the folder then is whole,
  /// and another call goes on from there.
  ///
  /// - Parameter progress: Called after each page of the list and each history.
  public func run(progress: (FetchSummary) -> Void = { _ in }) async -> FetchSummary {
    var summary = FetchSummary()
    await withTaskGroup(of: (RunKey, Result<Outcome, any Error>).self) { group in
      var list = ExecutionList(request, from: connection)
      var running = 0
      func settle() async {
        guard let (run, result) = await group.next() else { return }
        running -= 1
        summary.add(result, of: run)
        progress(summary)
      }
      do {
        while summary.stop == nil, let page = try await list.nextPage() {
          summary.listed += page.count
          progress(summary)
          for entry in page where summary.stop == nil {
            try Task.checkCancellation()
            group.addTask { await (entry.run, outcome(of: entry)) }
            running += 1
            if running >= max(1, jobs) { await settle() }
          }
        }
      } catch {
        summary.stop = summary.stop ?? error
      }
      if summary.stop != nil { group.cancelAll() }
      while running > 0 {
        await settle()
        if summary.stop != nil { group.cancelAll() }
      }
    }
    summary.failures.sort { $0.run < $1.run }
    return summary
  }

  /// What became of one run.
  enum Outcome {
    case fetched(events: Int)
    case duplicate(events: Int)
    case skipped
  }

  private func outcome(of entry: ExecutionList.Entry) async -> Result<Outcome, any Error> {
    do {
      if let known = await folder.known(entry.run), try await isCurrent(known) { return .success(.skipped) }
      var history = try await connection.workflowHistory(of: entry.run, in: request.namespace)
      for transform in transforms { history = try await transform.transformed(history) }
      try Task.checkCancellation()
      switch try await folder.store(HistoryWriter.json(history), of: entry.run, history) {
      case .written: return .success(.fetched(events: history.events.count))
      // One of the two is left out, whichever came first.
      case .duplicate, .replacing: return .success(.duplicate(events: history.events.count))
      }
    } catch {
      return .failure(error)
    }
  }

  /// Whether a history that is there has all events. One that had ended cannot have grown; of one that was open the service is
  /// asked, since visibility tells neither its length nor, for a while, its end.
  private func isCurrent(_ known: ExportedRun) async throws -> Bool {
    if known.isClosed { return true }
    return try await connection.openLength(of: known.run, in: request.namespace) == known.events
  }
}

extension FetchSummary {
  fileprivate mutating func add(_ result: Result<HistoryFetcher.Outcome, any Error>, of run: RunKey) {
    switch result {
    case .success(.skipped): skipped += 1
    case .success(.fetched(let count)):
      fetched += 1
      events += count
    case .success(.duplicate(let count)):
      duplicates += 1
      events += count
    case .failure(let error) where error is CancellationError: stop = stop ?? error
    case .failure(let error) where endsFetch(error): stop = stop ?? error
    case .failure(let error): failures.append(Failure(run: run, error: error))
    }
  }

  /// Whether what happened to one history will happen to all.
  private func endsFetch(_ error: any Error) -> Bool {
    switch error {
    case let error as ServiceError:
      [.permissionDenied, .unauthenticated, .unavailable, .unimplemented].contains(error.code)
    case let error as CodecError: error.concernsAll
    default: error is ExportError
    }
  }
}
