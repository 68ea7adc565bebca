import Foundation
import HindcastCore
import TemporalAPI
import XCTest

@testable import HindcastLua

/// Random values are recorded: one marker each (spec/wippy.md 8.4).
final class SideEffectTests: XCTestCase {
  /// The markers that an expression leaves, and what `main` returns.
  private func evaluate(
    _ expression: String, options: RuntimeOptions = RuntimeOptions()
  ) throws -> (markers: [(payload: EncodedPayload, brief: String, summary: String)], outcome: String) {
    let run = try LuaTestRun("return { main = function() return \(expression) end }", options: options)
    let commands = try run.task().filter { $0.commandType == .recordMarker }
    return (
      commands.map { command in
        (
          command.recordMarkerCommandAttributes.details["data"]?.payloads.first ?? EncodedPayload(), command.brief,
          String(decoding: command.userMetadata.summary.data, as: UTF8.self)
        )
      }, run.outcome ?? "no outcome"
    )
  }

  func testTexts() throws {
    let pattern = "^\"[0-9a-f]{8}-[0-9a-f]{4}-V[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\"$"
    let cases = [
      ("uuid.v1()", pattern.replacing("V", with: "1")), ("uuid.v4()", pattern.replacing("V", with: "4")),
      ("uuid.v7()", pattern.replacing("V", with: "7")), ("crypto.random.uuid()", pattern.replacing("V", with: "4")),
      ("crypto.random.string(12)", "^\"[A-Za-z0-9]{12}\"$"), ("crypto.random.string(9, 'ab')", "^\"[ab]{9}\"$"),
      ("crypto.random.string(3, '<')", #"^"(\\u003c){3}"$"#),
    ]
    for (expression, pattern) in cases {
      let (markers, outcome) = try evaluate("(\(expression))")
      XCTAssertEqual(markers.map(\.brief), ["marker SideEffect 1"], expression)
      XCTAssertEqual(markers.first?.summary, "\"workflow.sideEffect\"")
      let payload = try XCTUnwrap(markers.first?.payload)
      XCTAssertEqual(payload.metadata, ["encoding": Data("json/plain".utf8)], expression)
      let text = String(decoding: payload.data, as: UTF8.self)
      XCTAssertNotNil(text.range(of: pattern, options: .regularExpression), "\(expression) gave \(text)")
      XCTAssertEqual(outcome, text, "the workflow sees what is recorded")
    }
  }

  func testBytes() throws {
    let key = "string.rep('k', 32)"
    let cases = [
      ("crypto.random.bytes(20)", 20), ("crypto.encrypt.aes('secret', \(key))", 34),
      ("crypto.encrypt.chacha20('secret', \(key), 'aad')", 34),
    ]
    for (expression, count) in cases {
      let (markers, outcome) = try evaluate("#(\(expression))")
      XCTAssertEqual(markers.map(\.brief), ["marker SideEffect 1"], expression)
      let payload = try XCTUnwrap(markers.first?.payload)
      XCTAssertEqual(payload.metadata, ["encoding": Data("binary/plain".utf8)], expression)
      XCTAssertEqual(payload.data.count, count, expression)
      XCTAssertEqual(outcome, "\(count)")
    }
  }

  func testSealedTextsOpen() throws {
    for cipher in ["aes", "chacha20"] {
      let key = "string.rep('k', 32)"
      let (_, outcome) = try evaluate(
        "(crypto.decrypt.\(cipher)(crypto.encrypt.\(cipher)('secret', \(key), 'aad'), \(key), 'aad'))")
      XCTAssertEqual(outcome, "\"secret\"")
    }
  }

  func testEveryCallHasItsOwnMarkerAndValue() throws {
    let (markers, outcome) = try evaluate("{ uuid.v4(), uuid.v4(), crypto.random.bytes(0), (uuid.v7()), (uuid.v7()) }")
    XCTAssertEqual(markers.map(\.brief), (1...4).map { "marker SideEffect \($0)" })
    XCTAssertEqual(Set(markers.map(\.payload.data)).count, 4, outcome)
    // Made in one task, in which the clock stands still, and yet in order.
    XCTAssertTrue(markers[2].payload.data.lexicographicallyPrecedes(markers[3].payload.data))
  }

  func testAnotherProcessMakesTheSameValuesForARun() throws {
    var other = RuntimeOptions()
    other.seed = 99
    let expression = "{ uuid.v1(), uuid.v4(), uuid.v7(), crypto.random.string(20) }"
    XCTAssertEqual(try evaluate(expression).outcome, try evaluate(expression, options: other).outcome)
  }

  /// What comes after a replay must not be what the first task had made.
  func testValuesDoNotDependOnReplayedOnes() {
    var live = RandomBytes.run("run")
    var values: [[UInt8]] = []
    for _ in 0..<3 {
      live.beginSideEffect()
      values.append(live.next(16))
    }
    var replayed = RandomBytes.run("run")
    for _ in 0..<3 { replayed.beginSideEffect() }
    XCTAssertEqual(replayed.next(16), values[2])
    XCTAssertEqual(Set(values).count, 3)
    var other = RandomBytes.run("another run")
    other.beginSideEffect()
    XCTAssertNotEqual(other.next(16), values[0])
  }
}
