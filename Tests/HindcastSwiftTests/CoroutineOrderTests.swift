import HindcastSwift
import XCTest

/// The order in which coroutines have their turns, which is the Go SDK's.
final class CoroutineOrderTests: XCTestCase {
  private final class Log: @unchecked Sendable {
    // `@unchecked`: only one workflow at a time writes to it.
    var lines: [String] = []
  }

  private func run(_ body: @escaping @Sendable (WorkflowContext, Log) async throws -> Void) throws -> [String] {
    let log = Log()
    let runtime = SwiftWorkflows().workflow("W") { context in
      log.lines = []
      try await body(context, log)
    }
    _ = try runtime.record()
    return log.lines
  }

  func testCoroutinesBeginInTheOrderOfTheirCreation() throws {
    let lines = try run { context, log in
      for name in ["a", "b"] {
        context.spawn(name) { context in
          log.lines.append("\(name)1")
          context.spawn { _ in log.lines.append("\(name)2") }
        }
      }
      log.lines.append("root")
    }
    XCTAssertEqual(lines, ["root", "a1", "b1", "a2", "b2"])
  }

  func testConditionsAreAskedAgainInEachRound() throws {
    let lines = try run { context, log in
      var steps = 0
      context.spawn { context in
        try await context.condition { steps == 2 }
        log.lines.append("two")
      }
      context.spawn { context in
        try await context.condition { steps == 1 }
        log.lines.append("one")
        steps = 2
      }
      steps = 1
      try await context.condition { log.lines.count == 2 }
      log.lines.append("end")
    }
    XCTAssertEqual(lines, ["one", "two", "end"])
  }

  func testUnbufferedChannelsHandOver() throws {
    let lines = try run { context, log in
      let channel = context.channel(of: Int.self)
      context.spawn { _ in
        for number in 1...3 {
          try await channel.send(number)
          log.lines.append("sent \(number)")
        }
        channel.close()
      }
      for try await number in channel { log.lines.append("got \(number)") }
    }
    XCTAssertEqual(lines, ["sent 1", "got 1", "got 2", "sent 2", "sent 3", "got 3"])
  }

  func testFirstReadyCaseWins() throws {
    let lines = try run { context, log in
      let (left, right) = (context.channel(of: Int.self, capacity: 1), context.channel(of: Int.self, capacity: 1))
      _ = (left.trySend(1), right.trySend(2))
      let selector = context.selector()
      selector.onReceive(right) { channel, _ in log.lines.append("right \(try await channel.receive() ?? 0)") }
      selector.onReceive(left) { channel, _ in log.lines.append("left \(try await channel.receive() ?? 0)") }
      selector.otherwise { log.lines.append("none") }
      for _ in 0..<3 { try await selector.select() }
    }
    XCTAssertEqual(lines, ["right 2", "left 1", "none"])
  }

  func testClosedChannelsRefuseValues() throws {
    let lines = try run { context, log in
      let channel = context.channel(of: Int.self, name: "c")
      channel.close()
      do { try await channel.send(1) } catch { log.lines.append("\(error)") }
      let selector = context.selector()
      selector.onSend(1, to: channel)
      do { try await selector.select() } catch { log.lines.append("\(error)") }
    }
    XCTAssertEqual(lines, ["Closed channel: c", "Closed channel: c"])
  }
}
