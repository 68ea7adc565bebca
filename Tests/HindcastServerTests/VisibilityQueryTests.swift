import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// The visibility query language; what is expected was seen on the real server.
final class VisibilityQueryTests: XCTestCase {
  private func rig() throws -> ServerRig {
    var rig = ServerRig()
    try rig.call(
      OperatorService.addSearchAttributes,
      .with {
        $0.namespace = "default"
        $0.searchAttributes = [
          "MyText": .text, "MyKeyword": .keyword, "MyInt": .int, "MyDouble": .double, "MyBool": .bool,
          "MyTime": .datetime, "MyList": .keywordList,
        ]
      })
    try start("w1", &rig, #"{"MyText":"hello big world","MyKeyword":"abc","MyInt":3,"MyDouble":1.5,"MyBool":true}"#)
    rig.advance(by: .seconds(1))
    try start("w2", &rig, #"{"MyText":"Other-world text","MyKeyword":"abd","MyInt":4,"MyDouble":2.5,"MyBool":false}"#)
    rig.advance(by: .seconds(1))
    try start("w3", &rig, "{}")
    return rig
  }

  private func start(_ id: String, _ rig: inout ServerRig, _ attributes: String) throws {
    let values = try XCTUnwrap(JSONSerialization.jsonObject(with: Data(attributes.utf8)) as? [String: Any])
    var fields: [String: Payload] = [:]
    func set(_ name: String, _ json: String) {
      fields[name] = .with {
        $0.metadata["encoding"] = Data("json/plain".utf8)
        $0.data = Data(json.utf8)
      }
    }
    for (name, value) in values {
      let data = try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
      set(name, String(decoding: data, as: UTF8.self))
    }
    if id == "w1" {
      set("MyTime", #""2024-01-01T00:00:00Z""#)
      set("MyList", #"["a","b"]"#)
    } else if id == "w2" {
      set("MyTime", #""2025-01-01T00:00:00Z""#)
      set("MyList", #"["b","c"]"#)
    }
    try rig.call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = id
        $0.workflowType.name = "T"
        $0.taskQueue.name = "q"
        $0.requestID = id
        $0.searchAttributes.indexedFields = fields
      })
  }

  func testWhatQueriesFind() throws {
    var rig = try rig()
    for (query, expected) in Self.found {
      let response = try rig.call(
        WorkflowService.listWorkflowExecutions,
        .with {
          $0.namespace = "default"
          $0.query = query
        })
      XCTAssertEqual(response.executions.map(\.execution.workflowID), expected, query)
      let count = try rig.call(
        WorkflowService.countWorkflowExecutions,
        .with {
          $0.namespace = "default"
          $0.query = query
        })
      XCTAssertEqual(count.count, Int64(expected.count), query)
    }
  }

  func testWhatQueriesAreRefusedWith() throws {
    var rig = try rig()
    for (query, expected) in Self.refused {
      XCTAssertThrowsError(
        try rig.call(
          WorkflowService.listWorkflowExecutions,
          .with {
            $0.namespace = "default"
            $0.query = query
          }), query
      ) { error in
        XCTAssertEqual((error as? ServiceError)?.code, .invalidArgument, query)
        XCTAssertEqual((error as? ServiceError)?.message, "invalid query: \(expected)", query)
      }
    }
  }

  func testPagesGoOnWhereTheLastOneEnded() throws {
    var rig = try rig()
    var seen: [String] = []
    var token = Data()
    repeat {
      let page = try rig.call(
        WorkflowService.listWorkflowExecutions,
        .with {
          $0.namespace = "default"
          $0.pageSize = 2
          $0.nextPageToken = token
        })
      seen += page.executions.map(\.execution.workflowID)
      token = page.nextPageToken
    } while !token.isEmpty
    XCTAssertEqual(seen, ["w3", "w2", "w1"])
    XCTAssertThrowsError(
      try rig.call(
        WorkflowService.listWorkflowExecutions,
        .with {
          $0.namespace = "default"
          $0.nextPageToken = Data("bad".utf8)
        }))
  }

  func testClosedRunsComeBehindRunningOnesAndHaveCounts() throws {
    var rig = try rig()
    rig.advance(by: .seconds(5))
    try rig.call(
      WorkflowService.terminateWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = "w3"
      })
    let all = try rig.call(WorkflowService.listWorkflowExecutions, .with { $0.namespace = "default" })
    XCTAssertEqual(all.executions.map(\.execution.workflowID), ["w2", "w1", "w3"])
    XCTAssertEqual(all.executions.map(\.historyLength), [0, 0, 3])
    XCTAssertEqual(all.executions[2].executionDuration.seconds, 5)
    let groups = try rig.call(
      WorkflowService.countWorkflowExecutions,
      .with {
        $0.namespace = "default"
        $0.query = "GROUP BY ExecutionStatus"
      })
    XCTAssertEqual(
      groups.groups.map { String(decoding: $0.groupValues[0].data, as: UTF8.self) }, [#""Running""#, #""Terminated""#])
    XCTAssertEqual(groups.groups.map(\.count), [2, 1])
    let open = try rig.call(WorkflowService.listOpenWorkflowExecutions, .with { $0.namespace = "default" })
    XCTAssertEqual(open.executions.count, 2)
    let closed = try rig.call(
      WorkflowService.listClosedWorkflowExecutions,
      .with {
        $0.namespace = "default"
        $0.typeFilter.name = "T"
      })
    XCTAssertEqual(closed.executions.map(\.execution.workflowID), ["w3"])
  }

  /// Whatever the text is: a filter or a refusal, never a crash.
  func testRandomTextNeverCrashesTheParser() {
    var random = IDSource(seed: 7)
    let pieces = [
      "WorkflowId", "StartTime", "ExecutionStatus", "=", "!=", "<", ">=", "IN", "NOT", "(", ")", ",", "'", "\"", "`",
      "and", "OR", "BETWEEN", "IS", "NULL", "STARTS_WITH", "LIKE", "1", "-", "2.5", "0x1", "1e", ".", "GROUP BY",
      "ORDER BY", "limit", "'a'", "\\", "é", ":", "?", "@", "--", "/*", "*/", "#", ";", "case", "end", "select", "f(",
      "\u{0}",
    ]
    for _ in 0..<20_000 {
      var text = ""
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        text += pieces[Int.random(in: 0..<pieces.count, using: &random)]
        if Bool.random(using: &random) { text += " " }
      }
      _ = try? VisibilityFilter(text, in: nil)
    }
    for nested in ["(", "NOT ", "- ", "f(", "WorkflowId = 'a' AND (", "("] {
      _ = try? VisibilityFilter(String(repeating: nested, count: 100_000), in: nil)
    }
    _ = try? VisibilityFilter(
      Array(repeating: "WorkflowId = 'a'", count: 50_000).joined(separator: " OR "), in: nil)
  }

  private static let all = ["w3", "w2", "w1"]

  private static let found: [(String, [String])] = [
    ("", all),
    ("MyText = 'world'", ["w2", "w1"]),
    ("MyText = 'hello world'", ["w2", "w1"]),
    ("MyText = 'wor'", []),
    ("MyText = 'HELLO'", ["w1"]),
    ("MyText != 'hello'", ["w3", "w2"]),
    ("MyText IS NULL", ["w3"]),
    ("MyKeyword = 'ABC'", []),
    ("MyKeyword != 'abc'", ["w2"]),
    ("MyKeyword > 'abc'", ["w2"]),
    ("MyKeyword IN ('abc','zzz')", ["w1"]),
    ("MyKeyword NOT IN ('abc','zzz')", ["w2"]),
    ("MyKeyword STARTS_WITH 'ab'", ["w2", "w1"]),
    ("MyKeyword NOT STARTS_WITH 'abc'", ["w2"]),
    ("MyKeyword BETWEEN 'abc' AND 'abcz'", ["w1"]),
    ("MyKeyword NOT BETWEEN 'abc' AND 'abcz'", ["w2"]),
    ("MyKeyword IS NOT NULL", ["w2", "w1"]),
    ("MyKeyword = \"abc\"", ["w1"]),
    ("`MyKeyword` = 'abc'", ["w1"]),
    ("MyInt = 3.0", ["w1"]),
    ("MyInt > 3.5", ["w2"]),
    ("MyInt = -3", []),
    ("MyInt = +3", ["w1"]),
    ("MyInt <> 3", ["w2"]),
    ("NOT MyInt = 3", ["w2"]),
    ("NOT NOT MyInt = 3", ["w1"]),
    ("MyInt = 3 || MyInt = 4", ["w2", "w1"]),
    ("MyInt = 3 && MyKeyword = 'abc'", ["w1"]),
    ("MyInt = 3 --comment", ["w1"]),
    ("MyInt = 3 /* c */", ["w1"]),
    ("((((MyInt = 3))))", ["w1"]),
    ("MyInt = 99999999999999999999", []),
    ("MyInt = 3 HAVING MyInt = 3", ["w1"]),
    ("MyDouble >= 2", ["w2"]),
    ("MyDouble = 1.5e0", ["w1"]),
    ("MyBool = TRUE", ["w1"]),
    ("MyBool > false", ["w1"]),
    ("MyTime > '2024-06-01T00:00:00+02:00'", ["w2"]),
    ("MyTime >= 1704067200000000000", ["w2", "w1"]),
    ("MyTime BETWEEN '2024-01-01T00:00:00Z' AND '2024-06-01T00:00:00Z'", ["w1"]),
    ("MyList = 'a'", ["w1"]),
    ("MyList != 'a'", ["w3", "w2"]),
    ("MyList IN ('a','c')", ["w2", "w1"]),
    ("MyList NOT IN ('a')", ["w3", "w2"]),
    ("ExecutionStatus = 'Running'", all),
    ("ExecutionStatus = 1", all),
    ("ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_RUNNING'", all),
    ("ExecutionStatus IN ('Running','Failed')", all),
    ("ExecutionStatus > 'Running'", []),
    ("ExecutionDuration > '1h'", []),
    ("ExecutionDuration > '01:00:00'", []),
    ("ExecutionDuration IS NULL", all),
    ("StartTime BETWEEN '2020-01-01T00:00:00Z' AND '2050-01-01T00:00:00Z'", all),
    ("CloseTime IS NULL", all),
    ("WorkflowId = 'w1' or WorkflowId = 'w2' and MyInt = 4", ["w2", "w1"]),
    ("ScheduleId = 'w1'", ["w1"]),
    ("TemporalScheduleId = 'w1'", ["w1"]),
    ("TemporalWorkflowId = 'w1'", ["w1"]),
    ("ScheduledById = 'x'", []),
    ("ChangeVersion = 'x'", []),
    ("RootWorkflowId = 'w1'", ["w1"]),
    ("HistoryLength > 0", []),
    ("TaskQueue = 'q' AND WorkflowType = 'T'", all),
    ("TemporalNamespaceDivision IS NULL", all),
    ("TemporalPauseInfo IS NULL", all),
    ("group by ExecutionStatus", all),
  ]

  private static let refused: [(String, String)] = [
    (
      "MyText IN ('hello','text')",
      "operation is not supported: operator 'IN' not supported for Text type search attribute 'MyText'"
    ),
    ("MyText > 'a'", "operation is not supported: operator '>' not supported for Text type search attribute 'MyText'"),
    (
      "MyKeyword LIKE 'a%'",
      "operation is not supported: operator 'LIKE' not supported for Keyword type search attribute 'MyKeyword'"
    ),
    (
      "MyKeyword NOT LIKE 'x'",
      "operation is not supported: operator 'NOT LIKE' not supported for Keyword type search attribute 'MyKeyword'"
    ),
    ("MyKeyword IS TRUE", "invalid expression: 'IS' operator can only be used as 'IS NULL' or 'IS NOT NULL'"),
    (
      "MyKeyword = 3",
      "invalid expression: invalid value type for search attribute MyKeyword of type Keyword: 3 (type: int64)"
    ),
    (
      "MyKeyword = true",
      "invalid expression: invalid value type for search attribute MyKeyword of type Keyword: true (type: bool)"
    ),
    (
      "MyKeyword = abc",
      "operation is not supported: column name on the right side of comparison expression (did you forget to quote \"abc\"?)"
    ),
    (
      "MyInt = '3'",
      "invalid expression: invalid value type for search attribute MyInt of type Int: \"3\" (type: string)"
    ),
    (
      "MyInt STARTS_WITH 3",
      "operation is not supported: operator 'STARTS_WITH' not supported for Int type search attribute 'MyInt'"
    ),
    ("MyInt <=> 3", "operation is not supported: operator '<=>' not supported for Int type search attribute 'MyInt'"),
    (
      "MyBool BETWEEN false AND true",
      "invalid expression: cannot do range condition on search attribute 'MyBool' of type Bool"
    ),
    ("MyTime > '2024-06-01'", "invalid expression: unable to parse datetime '2024-06-01'"),
    (
      "MyTime > 1.5",
      "invalid expression: invalid value type for search attribute MyTime of type Datetime: 1.5 (type: float64)"
    ),
    (
      "MyList > 'a'",
      "operation is not supported: operator '>' not supported for KeywordList type search attribute 'MyList'"
    ),
    (
      "MyList BETWEEN 'a' AND 'b'",
      "invalid expression: cannot do range condition on search attribute 'MyList' of type KeywordList"
    ),
    ("ExecutionStatus = 'running'", "invalid expression: invalid ExecutionStatus value 'running'"),
    ("ExecutionStatus = 99", "invalid expression: invalid ExecutionStatus value 99"),
    ("ExecutionStatus = 1.5", "invalid expression: unexpected value type float64 for search attribute ExecutionStatus"),
    ("ExecutionDuration > 'x'", "invalid expression: invalid duration value for search attribute ExecutionDuration: x"),
    ("workflowid = 'w1'", "invalid search attribute: workflowid"),
    ("NamespaceId = 'x'", "invalid search attribute: NamespaceId"),
    ("MyKeyword", "invalid expression: incomplete expression"),
    ("foo('a')", "operation is not supported: function expression"),
    ("MyKeyword = foo('a')", "operation is not supported: nested func"),
    ("MyKeyword = 'a' + 'b'", "invalid expression: unexpected value type *sqlparser.BinaryExpr"),
    ("1 = MyInt", "invalid expression: must be a column name but was *sqlparser.SQLVal"),
    ("MyInt + 1 = 4", "invalid expression: must be a column name but was *sqlparser.BinaryExpr"),
    ("(MyInt = 3", "malformed SQL query: syntax error at position 38"),
    ("MyInt = 3)", "malformed SQL query: syntax error at position 38"),
    ("MyInt == 3", "malformed SQL query: syntax error at position 36"),
    ("MyInt = 3 AND", "malformed SQL query: syntax error at position 41"),
    ("AND MyInt = 3", "malformed SQL query: syntax error at position 31 near 'and'"),
    ("MyInt = 3 MyInt = 4", "malformed SQL query: syntax error at position 43 near 'MyInt'"),
    ("MyInt = 3; MyInt = 4", "malformed SQL query: syntax error at position 44 near 'MyInt'"),
    ("MyKeyword = 'abc", "malformed SQL query: syntax error at position 44 near 'abc'"),
    ("MyInt = 0x10", "invalid expression: unable to parse value \"0x10\""),
    ("MyInt = NULL", "invalid expression: unexpected value type *sqlparser.NullVal"),
    ("MyInt IN ()", "malformed SQL query: syntax error at position 39"),
    ("MyInt IN 3", "malformed SQL query: syntax error at position 38 near '3'"),
    ("MyInt = (3)", "invalid expression: unexpected value type *sqlparser.ParenExpr"),
    (
      "MyInt IN (3, 'x')",
      "invalid expression: invalid value type for search attribute MyInt of type Int: \"x\" (type: string)"
    ),
    ("LIMIT 1", "malformed SQL query: syntax error at position 33 near 'limit'"),
    ("MyInt = 3 LIMIT 1", "operation is not supported: 'LIMIT' clause"),
    ("MyInt = 3 ORDER BY MyInt", "operation is not supported: 'ORDER BY' clause"),
    ("ORDER BY StartTime", "operation is not supported: 'ORDER BY' clause"),
    ("order   by StartTime", "malformed SQL query: syntax error at position 33 near 'order'"),
    (
      "GROUP BY WorkflowType",
      "operation is not supported: 'GROUP BY' clause is not supported for search attribute WorkflowType"
    ),
    (
      "GROUP BY ExecutionStatus, WorkflowType",
      "operation is not supported: 'GROUP BY' clause supports only a single field"
    ),
    ("GROUP BY 'ExecutionStatus'", "invalid expression: must be a column name but was *sqlparser.SQLVal"),
    ("HAVING MyInt = 3", "malformed SQL query: syntax error at position 34 near 'having'"),
    ("EXISTS (select 1)", "operation is not supported: expression of type *sqlparser.ExistsExpr"),
    ("MyInt IN (select 1)", "invalid expression: unexpected value type *sqlparser.Subquery"),
    ("MyInt = :v1", "invalid expression: unable to parse value \":v1\""),
    ("MyInt = ?", "invalid expression: unable to parse value \":v1\""),
    (
      "MyInt = @x",
      "operation is not supported: column name on the right side of comparison expression (did you forget to quote \"@x\"?)"
    ),
    ("MyInt XOR 3", "malformed SQL query: syntax error at position 37 near 'xor'"),
    ("MyInt || 3", "invalid expression: incomplete expression"),
    ("! MyInt = 3", "invalid expression: must be a column name but was *sqlparser.UnaryExpr"),
    (
      "MyKeyword REGEXP 'x'",
      "operation is not supported: operator 'REGEXP' not supported for Keyword type search attribute 'MyKeyword'"
    ),
    ("table1.MyInt = 3", "invalid search attribute: table1.MyInt"),
    ("MyInt = -'3'", "invalid expression: unary operator not supported in \"-'3'\""),
    ("MyInt BETWEEN 3", "malformed SQL query: syntax error at position 43"),
    ("MyInt IS", "malformed SQL query: syntax error at position 36"),
    ("where MyInt = 3", "malformed SQL query: syntax error at position 33 near 'where'"),
    ("CASE WHEN 1 THEN 2 END", "operation is not supported: expression of type *sqlparser.CaseExpr"),
    ("CloseTime is not missing", "malformed SQL query: syntax error at position 52 near 'missing'"),
    ("StartTime = ''", "invalid expression: unable to parse datetime ''"),
  ]
}
