import Foundation
import HindcastCalls
import HindcastCore
import HindcastFetch
import HindcastReplay
import HindcastSwift
import HindcastWorker
import Synchronization
import TemporalAPI
import XCTest

@testable import HindcastShadow

/// What one worker does with a batch.
final class ShadowActivityTests: XCTestCase {
  private func batch(_ rig: ShadowRig) async throws -> BatchInput {
    var list = ExecutionList(FetchRequest(query: "WorkflowType = 'order'"), from: rig.service)
    let runs = try await list.nextPage() ?? []
    return BatchInput(namespace: "default", runs: runs.map(\.run), isStrict: false)
  }

  private func activity(
    _ input: BatchInput, left: BatchResult? = nil,
    beat: @escaping @Sendable (Temporal_Api_Common_V1_Payloads?) -> Void = { _ in }
  ) throws -> ActivityContext {
    var info = ActivityInfo()
    info.type = ShadowNames.replay
    info.heartbeatDetails = try left.map { try PayloadConverter.payloads($0) }
    return ActivityContext(info: info, input: try PayloadConverter.payloads(input), beat: beat)
  }

  private func run(
    _ activity: ActivityContext, _ connection: any ServiceConnection, digest: String = "one"
  ) async throws -> BatchResult {
    let activities = ShadowActivities(of: ShadowApp(ShadowRig.app, digest: digest), from: connection, identity: "me")
    // Activities may block their thread, which those of this process's tasks must not be.
    let payloads = try await withCheckedThrowingContinuation { continuation in
      Thread { continuation.resume(with: Result { try activities.run(activity) }) }.start()
    }
    return try PayloadConverter.decode(BatchResult.self, from: payloads)
  }

  func testNextTryGoesOnWhereTheLastOneEnded() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(8)
    let input = try await batch(rig)
    let reports = Mutex<[BatchResult]>([])
    let whole = try await run(
      activity(input) { details in
        guard let details, let report = try? PayloadConverter.decode(BatchResult.self, from: details) else { return }
        reports.withLock { $0.append(report) }
      }, rig.service)
    XCTAssertEqual([whole.done, whole.tally.total], [8, 8])
    XCTAssertEqual(reports.withLock { $0.map(\.done) }, Array(1...8))
    let fifth = try XCTUnwrap(reports.withLock { $0.dropFirst(4).first })

    let watched = WatchedConnection(rig.service)
    let rest = try await run(activity(input, left: fifth), watched)
    XCTAssertEqual(watched.count("GetWorkflowExecutionHistory"), 3)
    XCTAssertEqual(rest.tally, whole.tally)

    // What another version of the code found is worth nothing.
    let again = WatchedConnection(rig.service)
    let other = try await run(activity(input, left: fifth), again, digest: "two")
    XCTAssertEqual(again.count("GetWorkflowExecutionHistory"), 8)
    XCTAssertEqual(other.tally, whole.tally)
    XCTAssertEqual(other.app, "two")
  }

  func testRunThatIsGoneIsNoFailure() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(2)
    var input = try await batch(rig)
    input.runs.insert(RunKey(workflowID: "gone", runID: "01a207cd-1df6-7428-9c9e-3cd2d8fbd846"), at: 1)
    let result = try await run(activity(input), rig.service)
    XCTAssertEqual([result.done, result.tally.total, result.tally.gone], [3, 2, 1])
  }

  func testTroubleWithTheServiceIsForTheNextTry() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(2)
    let input = try await batch(rig)
    for (code, isFinal) in [(ServiceError.Code.unavailable, false), (.permissionDenied, true)] {
      let connection = WatchedConnection(rig.service) { _, _ in throw ServiceError(code, "no") }
      do {
        _ = try await run(activity(input), connection)
        XCTFail("\(code) passed")
      } catch let ActivityError.failed(failure) {
        XCTAssertEqual(failure.applicationFailureInfo.type, code.name)
        XCTAssertEqual(failure.applicationFailureInfo.nonRetryable, isFinal)
      }
    }
  }

  func testCancelledBatchSaysHowFarItCame() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(4)
    let activity = try activity(try await batch(rig))
    activity.cancel(.requested)
    do {
      _ = try await run(activity, rig.service)
      XCTFail("the batch went on")
    } catch let ActivityError.canceled(details) {
      let result = try PayloadConverter.decode(BatchResult.self, from: try XCTUnwrap(details))
      XCTAssertEqual(result.done, 0)
    }
  }

  func testFailureTravelsWhole() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(1)
    let input = try await batch(rig)
    let activities = ShadowActivities(
      of: ShadowApp(ShadowRig.brokenApp, digest: "two"), from: rig.service, identity: "me")
    let activity = try activity(input)
    let payloads = try await withCheckedThrowingContinuation { continuation in
      Thread { continuation.resume(with: Result { try activities.run(activity) }) }.start()
    }
    let result = try PayloadConverter.decode(BatchResult.self, from: payloads)
    let verdict = HistoryVerdict(try XCTUnwrap(result.tally.failures.first), appDirectory: "apps/orders")
    XCTAssertEqual(verdict.name, "order-0/\(input.runs[0].runID)")
    XCTAssertEqual(verdict.workflowType, "order")
    XCTAssertEqual(verdict.verdict, .nondeterministic)
    XCTAssertEqual(verdict.failure?.expected?.eventType, .markerRecorded)
    XCTAssertEqual(verdict.failure?.eventID, 5)
    XCTAssertEqual(verdict.appDirectory, "apps/orders")
    XCTAssertFalse(verdict.failure?.message.isEmpty ?? true)
  }
}
