private import Foundation
public import HindcastCalls
private import HindcastCore
private import HindcastFetch
public import HindcastHistory
private import HindcastReplay
private import HindcastSwift
public import HindcastWorker
private import Synchronization

/// The activities of a shadow: listing runs, and replaying them with an app's code.
public struct ShadowActivities: ActivityCode {
  private let app: ShadowApp
  private let connection: any ServiceConnection
  private let identity: String
  /// How many histories of a batch are fetched and replayed at the same time.
  public var jobs = 4

  /// Makes the activities of a worker.
  ///
  /// - Parameters:
  ///   - app: What is replayed.
  ///   - connection: Where histories come from.
  ///   - identity: Who works, in results.
  public init(of app: ShadowApp, from connection: any ServiceConnection, identity: String) {
    self.app = app
    self.connection = connection
    self.identity = identity
  }

  /// Their types.
  public var activityTypes: [String] { [ShadowNames.list, ShadowNames.replay] }

  /// Lists, or replays.
  public func run(_ activity: ActivityContext) throws(ActivityError) -> Payloads? {
    do {
      switch activity.info.type {
      case ShadowNames.list: return try list(activity)
      case ShadowNames.replay: return try replay(activity)
      default: throw ActivityError.failed(.activityNotRegistered(activity.info.type, supported: activityTypes))
      }
    } catch let error as ActivityError {
      throw error
    } catch let error as ServiceError {
      throw .failed(Self.failure(error))
    } catch {
      // Arguments that do not decode will not the next time.
      throw .failed(Self.failure("\(error)", type: "\(type(of: error))", isFinal: true))
    }
  }

  private static func failure(_ error: ServiceError) -> Failure {
    let final: [ServiceError.Code] = [.invalidArgument, .permissionDenied, .unauthenticated, .notFound, .unimplemented]
    return failure("\(error)", type: error.code.name, isFinal: final.contains(error.code))
  }

  private static func failure(_ message: String, type: String, isFinal: Bool) -> Failure {
    FailureConverter.failure(for: ApplicationFailure(message, type: type, isNonRetryable: isFinal))
  }

  // MARK: Listing

  private func list(_ activity: ActivityContext) throws -> Payloads {
    let input = try PayloadConverter.decode(ListInput.self, from: activity.input)
    var request = FetchRequest(
      namespace: input.namespace, query: input.query, limit: input.limit, sample: input.sample, pageSize: input.pageSize
    )
    // A shadow does not shadow shadows.
    request.excludedTypes = [ShadowNames.workflow]
    let list = ExecutionList(request, from: connection, after: input.token)
    let page: ListPage = try blocking {
      var list = list
      let entries = try await list.nextPage() ?? []
      let recent = entries.filter { $0.closeTime.map { $0 >= input.recentSince } ?? false }
      return ListPage(runs: entries.map(\.run), recent: recent.map(\.run.runID), next: list.position)
    }
    return try PayloadConverter.payloads(page)
  }

  // MARK: Replaying

  private func replay(_ activity: ActivityContext) throws -> Payloads {
    let input = try PayloadConverter.decode(BatchInput.self, from: activity.input)
    var result = BatchResult(app: app.digest, worker: identity)
    // A try that ended in the middle leaves what it found, which holds only for the same code.
    if let details = activity.info.heartbeatDetails,
      let left = try? PayloadConverter.decode(BatchResult.self, from: details), left.app == app.digest,
      left.done <= input.runs.count
    {
      result = left
    }
    let heart = BatchHeart(activity)
    defer { heart.stop() }

    let runs = Array(input.runs.dropFirst(result.done))
    let trouble = FetchTrouble()
    var options = ReplayOptions()
    options.jobs = max(1, min(jobs, runs.count))
    options.isStrict = input.isStrict
    options.namespace = input.namespace
    let results = Replayer(SingleApp(app.code), options: options).results(
      of: runs.map { source($0, in: input.namespace, trouble) })
    var next = runs.makeIterator()
    while let found = results.next() {
      if activity.cancellation != nil {
        throw ActivityError.canceled(details: try PayloadConverter.payloads(result))
      }
      guard let run = next.next() else { break }
      switch found {
      case .verdict(let verdict): result.tally.add(verdict) { ShadowFailure($0, of: run) }
      case .unreadable(let error), .passedOver(let error):
        let cause = trouble.error(of: run) ?? error
        // Retention or somebody was quicker.
        guard (cause as? ServiceError)?.code == .notFound else { throw cause }
        result.tally.addGone()
      case .suiteError: continue
      }
      result.done += 1
      heart.report(try PayloadConverter.payloads(result))
    }
    return try PayloadConverter.payloads(result)
  }

  /// A run's history, fetched when it is its turn, on the thread that replays it.
  private func source(_ run: RunKey, in namespace: String, _ trouble: FetchTrouble) -> HistorySource {
    let connection = connection
    return HistorySource(
      name: "\(run)",
      content: .fetched { () throws(HistoryError) in
        do {
          return [try blocking { try await connection.workflowHistory(of: run, in: namespace) }]
        } catch {
          trouble.note(error, of: run)
          throw HistoryError(code: .unreadable, file: "\(run)", message: "\(error)")
        }
      })
  }
}

/// Why histories could not be fetched.
private final class FetchTrouble: Sendable {
  private let errors = Mutex<[RunKey: any Error]>([:])

  func note(_ error: any Error, of run: RunKey) { errors.withLock { $0[run] = error } }

  func error(of run: RunKey) -> (any Error)? { errors.withLock { $0[run] } }
}
