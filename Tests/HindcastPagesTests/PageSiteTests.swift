import HindcastCalls
import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastRegistry
import HindcastReplay
import HindcastTestSupport
import HindcastTesting
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastPages

/// The pages about a service: what a person finds on them.
final class PageSiteTests: XCTestCase {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private struct Connection: ServiceConnection {
    let environment: TestEnvironment

    func call<Request: Message, Response: Message>(
      _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
    ) async throws -> Response {
      do {
        return try await environment.call(method, request)
      } catch TestEnvironmentError.refused(let error) {
        throw error
      }
    }
  }

  private struct Order: Encodable {
    var id = "17"
    var sku = "<lamp & shade>"
    var amount = 42
    var window = "24h"
  }

  /// An order that has run to its end on the app of the golden histories.
  private func environment() async throws -> (TestEnvironment, TestRun) {
    let environment = try TestEnvironment(app: "\(Self.package)/Histories/orders")
    let run = try await environment.start("app:order_workflow", Order())
    try await run.waitUntilClosed()
    return (environment, run)
  }

  private func site(_ environment: TestEnvironment, app: String? = nil) throws -> PageSite {
    let code = try app.map { folder in
      SingleApp(
        AppCode(
          LuaWorkflowCode(try Registry.load(directory: "\(Self.package)/\(folder)")),
          directory: "\(Self.package)/\(folder)"))
    }
    return try PageSite(service: Connection(environment: environment), code: code, workingDirectory: Self.package)
  }

  private func text(_ page: Page) -> String { String(decoding: page.body, as: UTF8.self) }

  func testTheListNamesTheRunAndLeadsToIt() async throws {
    let (environment, run) = try await environment()
    let site = try site(environment)
    let list = text(await site.page(at: "/", query: [:]))
    XCTAssertTrue(list.contains("1 run<"), list)
    XCTAssertTrue(list.contains("<span class=\"state Completed\">Completed</span>"), list)
    let link = "/run?namespace=default&amp;workflow=\(run.workflowID.replacing(":", with: "%3A"))"
    XCTAssertTrue(list.contains(link), list)
    XCTAssertFalse(list.contains("Older runs"), list)
  }

  func testAQueryIsAskedAndAWrongOneExplained() async throws {
    let (environment, _) = try await environment()
    let site = try site(environment)
    let none = await site.page(at: "/", query: ["query": "WorkflowType = 'other'"])
    XCTAssertTrue(text(none).contains("0 runs"))
    let wrong = await site.page(at: "/", query: ["query": "WorkflowType ="])
    XCTAssertEqual(wrong.status, 400)
    XCTAssertTrue(text(wrong).contains("invalid query"), text(wrong))
  }

  func testAQueryIsReadAsBrowsersSendIt() async throws {
    let (environment, _) = try await environment()
    let query = "query=WorkflowType+%3D+%27app%3Aorder_workflow%27&page=&broken=%zz&=x&&namespace=default"
    let page = try await site(environment).page(at: "/", query: query)
    XCTAssertTrue(text(page).contains("1 run<"), text(page))
  }

  func testARunShowsItsTasksItsTimelineAndItsPayloadsEscaped() async throws {
    let (environment, run) = try await environment()
    let page = try await site(environment).page(
      at: "/run", query: ["namespace": "default", "workflow": run.workflowID, "run": run.firstRunID])
    let html = text(page)
    XCTAssertEqual(page.status, 200)
    XCTAssertTrue(html.contains("Workflow task 1<"), html)
    XCTAssertTrue(html.contains("app:reserve_stock"))
    XCTAssertTrue(html.contains("<div class=\"bar timer completed\""))
    XCTAssertTrue(html.contains("&lt;lamp &amp; shade&gt;") || html.contains("\\u003clamp"))
    XCTAssertFalse(html.contains("<lamp"))
    XCTAssertFalse(html.contains("<script"))
    // Every event is there once.
    let events = try await run.history().events
    for event in events {
      XCTAssertEqual(html.components(separatedBy: "id=\"event-\(event.eventID)\"").count, 2, "\(event.eventID)")
    }
  }

  func testPagesOpenInABrowserWithoutAWord() async throws {
    guard let browser = Browser() else {
      throw XCTSkip("no Chromium on the PATH, and none named by HINDCAST_CHROMIUM")
    }
    let environment = try TestEnvironment(app: "\(Self.package)/Histories/changes-before")
    let run = try await environment.start("app:timer_removed", "</script><script>alert(1)</script>")
    try await run.waitUntilClosed()
    let site = try site(environment, app: "Histories/changes")
    for (path, query) in [
      ("/", [:]), ("/run", ["workflow": run.workflowID, "run": run.firstRunID]), ("/nowhere", [:]),
    ] {
      let sight = try browser.open(text(await site.page(at: path, query: query)))
      XCTAssertEqual(sight.console, [], path)
      XCTAssertFalse(sight.document.contains("<script"), path)
      XCTAssertTrue(sight.document.contains("<strong>Hindcast</strong>"), path)
    }
  }

  func testAReplayShowsTheDivergenceBesideTheLineOfCode() async throws {
    let environment = try TestEnvironment(app: "\(Self.package)/Histories/changes-before")
    let run = try await environment.start("app:timer_removed", "ann")
    try await run.waitUntilClosed()
    let query = ["workflow": run.workflowID, "run": run.firstRunID]

    let good = text(try await site(environment, app: "Histories/changes-before").page(at: "/run", query: query))
    XCTAssertTrue(good.contains("<span class=\"state passed\">passed</span>"), good)

    let bad = text(try await site(environment, app: "Histories/changes").page(at: "/run", query: query))
    XCTAssertTrue(bad.contains("<span class=\"state nondeterministic\">nondeterministic</span>"), bad)
    XCTAssertTrue(bad.contains("Histories/changes/timer_removed.lua:7"), bad)
    XCTAssertTrue(bad.contains("<div class=\"it\"><span>7</span>"), bad)
  }

  func testTheHistoryIsDownloadedAsItReplays() async throws {
    let (environment, run) = try await environment()
    let page = try await site(environment).page(
      at: "/history.json", query: ["workflow": run.workflowID, "run": run.firstRunID])
    XCTAssertEqual(page.contentType, "application/json")
    let histories = try HistorySource(name: "page", content: .bytes(page.body)).read()
    let events = try await run.history().events
    XCTAssertEqual(histories.first?.events, events)
  }

  func testWhatDoesNotExistIsSaidSo() async throws {
    let (environment, _) = try await environment()
    let site = try site(environment)
    let cases: [(path: String, query: [String: String], status: Int)] = [
      ("/nowhere", [:], 404), ("/run", ["workflow": "no such"], 404), ("/run", [:], 400),
      ("/", ["namespace": "no-such"], 404), ("/run", ["workflow": "<script>alert(1)</script>"], 404),
    ]
    for item in cases {
      let page = await site.page(at: item.path, query: item.query)
      XCTAssertEqual(page.status, item.status, "\(item)")
      XCTAssertFalse(text(page).contains("<script"))
    }
  }
}
