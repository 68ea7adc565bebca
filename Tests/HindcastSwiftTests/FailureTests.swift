import HindcastCore
import HindcastHistory
import HindcastSwift
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import XCTest

final class FailureTests: XCTestCase {
  private struct Broken: Error {}

  private func fail(_ error: @escaping @Sendable @autoclosure () -> any Error) -> SwiftWorkflows {
    SwiftWorkflows().workflow("W") { _ in throw error() }
  }

  func testApplicationFailuresFailTheWorkflow() throws {
    let failure = try XCTUnwrap(
      fail(ApplicationFailure("no stock", type: "NoStock", isNonRetryable: true, cause: Broken())).record().failure)
    XCTAssertEqual(failure.message, "no stock")
    XCTAssertEqual(failure.applicationFailureInfo.type, "NoStock")
    XCTAssertTrue(failure.applicationFailureInfo.nonRetryable)
    XCTAssertEqual(failure.cause.applicationFailureInfo.type, "Broken")
  }

  func testOtherErrorsFailTheWorkflowByTheirType() throws {
    let failure = try XCTUnwrap(fail(Broken()).record().failure)
    XCTAssertEqual(failure.applicationFailureInfo.type, "Broken")
    XCTAssertFalse(failure.applicationFailureInfo.nonRetryable)
  }

  func testActivityFailuresTellTheirCause() throws {
    let history = try SwiftWorkflows().workflow("W") { context -> String in
      do {
        try await context.executeActivity("Charge", options: .startToClose(.seconds(1)))
        return "charged"
      } catch let failure as ActivityFailure {
        let cause = try XCTUnwrap(failure.cause as? ApplicationFailure)
        return "\(failure.activityType) \(failure.activityID) \(cause.type): \(failure)"
      }
    }.record {
      $0.answers["Charge"] = .failed(
        .with {
          $0.message = "declined"
          $0.applicationFailureInfo.type = "Declined"
        })
    }
    XCTAssertEqual(history.result, "\"Charge 5 Declined: activity error: declined\"")
  }

  func testChildFailuresTellTheirCause() throws {
    let failure = try XCTUnwrap(
      SwiftWorkflows().workflow("W") { try await $0.executeChildWorkflow("Child") }.record {
        $0.answers["Child"] = .failed(
          .with {
            $0.message = "lost"; $0.applicationFailureInfo.type = "Lost"
          })
      }.failure)
    XCTAssertEqual(failure.childWorkflowExecutionFailureInfo.workflowType.name, "Child")
    XCTAssertEqual(failure.cause.applicationFailureInfo.type, "Lost")
  }

  func testCanceledFailureAnywhereInTheCausesCancelsTheWorkflow() throws {
    let history = try fail(ApplicationFailure("stopped", cause: CanceledFailure())).record()
    XCTAssertEqual(history.commandEvents, [.workflowExecutionCanceled])
  }

  func testContinueAsNewCarriesTheRunOn() throws {
    let code = SwiftWorkflows().workflow("W") { (context, round: Int) in
      try context.upsertMemo(["note": "kept"])
      try context.upsertSearchAttributes(["Kept": 1, "Unset": Int?.none])
      throw ContinueAsNewError("W", round + 1)
    }
    let commands = try code.commands(for: code.record(.json("1")))
    let next = commands.last?.command.continueAsNewWorkflowExecutionCommandAttributes
    XCTAssertEqual(next?.workflowType.name, "W")
    XCTAssertEqual(next?.taskQueue.name, "queue")
    XCTAssertEqual(next?.input.payloads.map { String(decoding: $0.data, as: UTF8.self) }, ["2"])
    XCTAssertEqual(next?.memo.fields.keys.sorted(), ["note"])
    XCTAssertEqual(next?.searchAttributes.indexedFields.keys.sorted(), ["Kept"])
  }

  /// The task fails, and no `catch` of the workflow's turns that into something else.
  func testAFailedTaskCannotBeCaught() throws {
    func code(_ version: Int) -> SwiftWorkflows {
      SwiftWorkflows().workflow("W") { context in
        _ = context.version(of: "change", min: version, max: version)
        while true {
          do {
            try await context.sleep(for: .seconds(1))
            return
          } catch {}
        }
      }
    }
    let history = try code(1).record()
    let outcome = HistoryReplay(history).run(in: try code(2).makeRuntime(RuntimeOptions()))
    XCTAssertEqual(outcome.verdict, .nondeterministic)
    XCTAssertEqual(outcome.failure?.rule, .versionUnsupported)
    XCTAssertEqual(outcome.failure?.location?.file, "HindcastSwiftTests/FailureTests.swift")
  }
}
