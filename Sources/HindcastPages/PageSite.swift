internal import Foundation
public import HindcastCalls
public import HindcastCore
internal import HindcastHistory
internal import HindcastReplay
internal import HindcastReport
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// The pages about a Temporal service: its runs, their histories, and what replaying them against an app says.
///
/// Everything is rendered here, and reads without JavaScript.
public struct PageSite: Sendable {
  private let service: any ServiceConnection
  private let code: (any WorkflowCodeProvider)?
  private let workingDirectory: String
  private let renderer: PageRenderer

  /// Makes the pages.
  ///
  /// - Parameters:
  ///   - service: what they are about.
  ///   - code: the app that shown histories are replayed against; `nil` for no replay.
  ///   - workingDirectory: the folder that paths of code are made relative to; absolute.
  public init(service: any ServiceConnection, code: (any WorkflowCodeProvider)?, workingDirectory: String) throws {
    self.service = service
    self.code = code
    self.workingDirectory = workingDirectory
    renderer = try PageRenderer()
  }

  /// The page at an address.
  ///
  /// - Parameters:
  ///   - path: the part before the question mark, decoded.
  ///   - query: the part behind it, as it was sent.
  public func page(at path: String, query: String) async -> Page {
    await page(at: path, query: PageAddress.fields(of: query))
  }

  func page(at path: String, query: [String: String]) async -> Page {
    do {
      switch path {
      case "/": return try await runs(query)
      case "/run": return try await run(query)
      case "/history.json": return try await download(query)
      default: return message("Not found", "There is no page \(path).", status: 404)
      }
    } catch let error as ServiceError {
      return message("\(error.code)", error.message, status: error.code == .notFound ? 404 : 400)
    } catch {
      return message("Error", "\(error)", status: 500)
    }
  }

  private func message(_ title: String, _ text: String, status: Int) -> Page {
    .html(renderer.page(title, PageRenderer.Message(title: title, text: text), template: "message"), status: status)
  }

  // MARK: Runs

  private static let runsPerPage: Int32 = 100

  private func runs(_ query: [String: String]) async throws -> Page {
    let namespace = query["namespace"] ?? "default"
    var view = RunListView(namespace: namespace, query: query["query"] ?? "", count: "")
    do {
      let list = try await service.call(
        WorkflowService.listWorkflowExecutions,
        .with {
          $0.namespace = namespace
          $0.query = view.query
          $0.pageSize = Self.runsPerPage
          $0.nextPageToken = query["page"].flatMap { Data(base64Encoded: $0) } ?? Data()
        })
      let count = try await service.call(
        WorkflowService.countWorkflowExecutions,
        .with {
          $0.namespace = namespace
          $0.query = view.query
        })
      view.count = count.count == 1 ? "1 run" : "\(count.count) runs"
      view.rows = list.executions.map { RunListView.Row($0, in: namespace) }
      if !list.nextPageToken.isEmpty {
        view.next = PageAddress.runs(namespace, query: view.query, page: list.nextPageToken.base64EncodedString())
      }
    } catch let error as ServiceError where error.code == .invalidArgument {
      view.error = error.message
    }
    let page = renderer.page(namespace, view, template: "runs", namespaces: try await namespaces())
    return .html(page, status: view.error == nil ? 200 : 400)
  }

  private func namespaces() async throws -> [PageRenderer.Link] {
    let list = try await service.call(WorkflowService.listNamespaces, .with { $0.pageSize = 100 })
    return list.namespaces.map { .init(name: $0.namespaceInfo.name, link: PageAddress.runs($0.namespaceInfo.name)) }
  }

  // MARK: A run

  private struct RunView {
    var workflowID: String
    var status: String
    var download: String
    /// What the run waits for.
    var pending: [String]
    var history: HistoryView
  }

  private func run(_ query: [String: String]) async throws -> Page {
    let namespace = query["namespace"] ?? "default"
    let history = try await history(query)
    let execution = try await service.call(
      WorkflowService.describeWorkflowExecution,
      .with {
        $0.namespace = namespace
        $0.execution.workflowID = history.workflowID ?? ""
        $0.execution.runID = history.runID ?? ""
      })
    let verdict = await replay(history)
    var sources = SourceFiles(workingDirectory: workingDirectory)
    let view = RunView(
      workflowID: history.workflowID ?? "", status: execution.workflowExecutionInfo.status.word,
      download: PageAddress.download(namespace, history.workflowID ?? "", history.runID ?? ""),
      pending: Self.pending(execution),
      history: HistoryView(history, verdict: verdict, style: .whole, sources: &sources))
    return .html(renderer.page(view.workflowID, view, template: "run", namespaces: try await namespaces()))
  }

  private static func pending(_ execution: Temporal_Api_Workflowservice_V1_DescribeWorkflowExecutionResponse)
    -> [String]
  {
    execution.pendingActivities.map { activity in
      let failure = activity.hasLastFailure ? ", after: \(activity.lastFailure.message)" : ""
      return "activity \(activity.activityType.name) (id \(activity.activityID)), attempt \(activity.attempt)\(failure)"
    } + execution.pendingChildren.map { "child \($0.workflowTypeName) \($0.workflowID)" }
  }

  private func download(_ query: [String: String]) async throws -> Page {
    let history = try await history(query)
    return Page(
      status: 200, contentType: "application/json", body: HistoryWriter.json(history), fileName: "history.json")
  }

  private func history(_ query: [String: String]) async throws -> WorkflowHistory {
    let execution = Temporal_Api_Common_V1_WorkflowExecution.with {
      $0.workflowID = query["workflow"] ?? ""
      $0.runID = query["run"] ?? ""
    }
    let events = try await service.history(of: execution, in: query["namespace"] ?? "default").events
    return WorkflowHistory(
      events: events, workflowID: execution.workflowID, runID: execution.runID.isEmpty ? nil : execution.runID)
  }

  /// Replays off the threads that `async` functions share: workflow code may take its time.
  private func replay(_ history: WorkflowHistory) async -> HistoryVerdict? {
    guard let code else { return nil }
    return await withCheckedContinuation { continuation in
      let thread = Thread {
        let source = HistorySource(name: history.origin.name, content: .histories([history]))
        let results = Replayer(code).results(of: [source])
        while let result = results.next() {
          guard case .verdict(let verdict) = result else { continue }
          continuation.resume(returning: verdict)
          return
        }
        continuation.resume(returning: nil)
      }
      thread.name = "replay"
      thread.start()
    }
  }
}
