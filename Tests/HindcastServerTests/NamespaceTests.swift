import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Namespaces and their search attributes (`server.md` 1.3); what is expected was seen on the real server.
final class NamespaceTests: XCTestCase {
  private func register(
    _ rig: inout ServerRig, _ name: String, hours: Int64 = 48
  ) throws {
    try rig.call(
      WorkflowService.registerNamespace,
      .with {
        $0.namespace = name
        $0.description_p = "about"
        $0.data = ["a": "b"]
        $0.workflowExecutionRetentionPeriod = .init(seconds: hours * 3_600)
      })
  }

  private func describe(_ rig: inout ServerRig, _ name: String) throws -> NamespaceDescription {
    try rig.call(WorkflowService.describeNamespace, .with { $0.namespace = name })
  }

  private func message(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? ServiceError)?.message
    }
  }

  func testNamespacesAreMadeChangedAndDeleted() throws {
    var rig = ServerRig()
    try register(&rig, "one")
    var found = try describe(&rig, "one")
    XCTAssertEqual(found.namespaceInfo.state, .registered)
    XCTAssertEqual(found.namespaceInfo.description_p, "about")
    XCTAssertEqual(found.config.workflowExecutionRetentionTtl.seconds, 172_800)
    try rig.call(
      WorkflowService.updateNamespace,
      .with {
        $0.namespace = "one"
        $0.updateInfo.data = ["c": "d"]
        $0.config.workflowExecutionRetentionTtl = .init(seconds: 7_200)
      })
    found = try describe(&rig, "one")
    XCTAssertEqual(found.namespaceInfo.data, ["a": "b", "c": "d"])
    XCTAssertEqual(found.config.workflowExecutionRetentionTtl.seconds, 7_200)
    XCTAssertEqual(
      try rig.call(WorkflowService.listNamespaces, .init()).namespaces.map(\.namespaceInfo.name),
      ["default", "one", "temporal-system"])
    try rig.call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = "one"
        $0.workflowID = "w"
        $0.workflowType.name = "T"
        $0.taskQueue.name = "q"
      })
    let deleted = try rig.call(OperatorService.deleteNamespace, .with { $0.namespace = "one" })
    XCTAssertEqual(deleted.deletedNamespace, "one-deleted-\(found.namespaceInfo.id.prefix(5))")
    XCTAssertEqual(message { _ = try describe(&rig, "one") }, "Namespace one is not found.")
    XCTAssertTrue(rig.machine.executions.isEmpty)
    XCTAssertTrue(rig.machine.runIDs.isEmpty)
    XCTAssertTrue(rig.machine.currentRuns.isEmpty)
  }

  func testWhatIsRefused() throws {
    var rig = ServerRig()
    try register(&rig, "one")
    XCTAssertEqual(message { try register(&rig, "one") }, "Namespace \"one\" already exists")
    XCTAssertEqual(message { try register(&rig, "") }, "Namespace not set on request.")
    XCTAssertEqual(
      message { try register(&rig, "two", hours: 0) }, "A valid retention period is not set on request.")
    XCTAssertEqual(
      message { try register(&rig, String(repeating: "n", count: 1_001)) }, "Namespace length exceeds limit.")
    XCTAssertEqual(
      message { try rig.call(OperatorService.deleteNamespace, .with { $0.namespace = "temporal-system" }) },
      "unable to delete system namespace")
    for (attributes, expected) in [
      ([:], "SearchAttributes are not set on request."),
      (["WorkflowId": .keyword], "Search attribute WorkflowId is reserved by system."),
      (["TemporalFoo": .keyword], "Search attribute TemporalFoo is reserved by system."),
      (["X": .UNRECOGNIZED(77)], "Unknown search attribute type: 77."),
      (
        ["A": .bool, "B": .bool, "C": .bool, "D": .bool],
        "Unable to create search attributes: cannot have more than 3 search attribute of type Bool."
      ),
    ] as [([String: IndexedValueType], String)] {
      XCTAssertEqual(
        message {
          try rig.call(
            OperatorService.addSearchAttributes,
            .with {
              $0.namespace = "default"
              $0.searchAttributes = attributes
            })
        }, expected)
    }
  }

  func testSearchAttributesKeepTheirTypeAndCanBeRemoved() throws {
    var rig = ServerRig()
    func add(_ type: IndexedValueType) throws {
      try rig.call(
        OperatorService.addSearchAttributes,
        .with {
          $0.namespace = "default"
          $0.searchAttributes = ["X": type]
        })
    }
    func list() throws -> [String: IndexedValueType] {
      try rig.call(OperatorService.listSearchAttributes, .with { $0.namespace = "default" }).customAttributes
    }
    try add(.keyword)
    try add(.int)
    XCTAssertEqual(try list(), ["X": .keyword])
    XCTAssertEqual(try describe(&rig, "default").config.customSearchAttributeAliases, ["Keyword01": "X"])
    for _ in 0..<2 {
      try rig.call(
        OperatorService.removeSearchAttributes,
        .with {
          $0.namespace = "default"
          $0.searchAttributes = ["X"]
        })
    }
    XCTAssertEqual(try list(), [:])
  }
}
