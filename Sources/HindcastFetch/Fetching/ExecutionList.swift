private import Foundation
public import HindcastCalls
private import SwiftProtobuf
private import TemporalAPI
private import TemporalServiceAPI

/// The runs that a visibility query finds, page by page.
///
/// Runs that start, close or go while the list is read move between pages; a run is given only once all the same.
public struct ExecutionList: Sendable {
  /// One run of the list.
  public struct Entry: Sendable, Hashable {
    /// The run.
    public var run: RunKey
    /// The workflow's type.
    public var workflowType: String
    /// When the run ended, in seconds since 1970, as visibility knows it; nil for one that goes on.
    public var closeTime: Double?
  }

  private let connection: any ServiceConnection
  private let request: FetchRequest
  private var token: [UInt8]
  private var seen: Set<RunKey> = []
  private var taken = 0
  private var isExhausted = false

  /// Begins a list.
  ///
  /// - Parameter token: Where another list left off, as ``position`` gave it.
  public init(_ request: FetchRequest, from connection: any ServiceConnection, after token: [UInt8] = []) {
    self.connection = connection
    self.request = request
    self.token = token
  }

  /// Where the next page begins; nil after the last one.
  public var position: [UInt8]? { isExhausted ? nil : token }

  /// The runs of the next page that were not seen before, which may be none; nil when there is no further page or the limit is
  /// reached.
  ///
  /// - Throws: ``ServiceError`` for a query that the service does not take, among others.
  public mutating func nextPage() async throws -> [Entry]? {
    guard !isExhausted else { return nil }
    let left = request.limit.map { $0 - taken } ?? .max
    guard left > 0 else {
      isExhausted = true
      return nil
    }
    let response = try await connection.call(
      WorkflowService.listWorkflowExecutions,
      .with {
        $0.namespace = request.namespace
        $0.query = request.query
        // A sample looks at more runs than it takes, and so does who passes over some.
        $0.pageSize = Int32(
          clamping: request.sample < 1 || !request.excludedTypes.isEmpty
            ? request.pageSize : min(request.pageSize, left))
        $0.nextPageToken = Data(token)
      })
    token = Array(response.nextPageToken)
    isExhausted = token.isEmpty
    var page: [Entry] = []
    for info in response.executions where page.count < left {
      let run = RunKey(workflowID: info.execution.workflowID, runID: info.execution.runID)
      guard seen.insert(run).inserted, request.includes(run), !request.excludedTypes.contains(info.type.name) else {
        continue
      }
      let closeTime = Double(info.closeTime.seconds) + Double(info.closeTime.nanos) / 1e9
      page.append(
        Entry(run: run, workflowType: info.type.name, closeTime: info.status == .running ? nil : closeTime))
    }
    taken += page.count
    return page
  }
}
