#if GRPC
import HindcastEndpoint
import NIOCore
import NIOPosix
import Synchronization
import XCTest

/// The HTTP server of the pages and the metrics, over a socket.
final class HTTPEndpointTests: XCTestCase {
  /// Says what was asked for; `/slow` takes until the other request has come.
  private static func echo() async throws -> HTTPEndpoint {
    let (other, arrived) = AsyncStream.makeStream(of: Void.self)
    return try await HTTPEndpoint(host: "127.0.0.1", port: 0) { request in
      switch request.path {
      case "/slow": for await _ in other { break }
      case "/other": arrived.yield()
      default: break
      }
      return HTTPEndpoint.Response(status: 200, text: "\(request.path)?\(request.query)")
    }
  }

  /// What comes back for bytes, until the server closes the connection.
  private static func exchange(_ text: String, with endpoint: HTTPEndpoint) async throws -> String {
    let channel = try await connect(to: endpoint)
    return try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: text))
      var answer = ""
      for try await bytes in inbound { answer += String(buffer: bytes) }
      return answer
    }
  }

  private static func connect(to endpoint: HTTPEndpoint) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: Int(endpoint.port)) { channel in
        channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
      }
  }

  func testRequests() async throws {
    let endpoint = try await Self.echo()
    let close = "Host: h\r\nConnection: close\r\n\r\n"
    let cases: [(name: String, request: String, status: String, body: String)] = [
      ("a path", "GET /run HTTP/1.1\r\n\(close)", "200 OK", "/run?\n"),
      ("decoded, but for the query", "GET /a%20b?c=d%20e&f HTTP/1.1\r\n\(close)", "200 OK", "/a b?c=d%20e&f\n"),
      ("an escape that is none", "GET /a%zz HTTP/1.1\r\n\(close)", "200 OK", "/a%zz?\n"),
      ("no body for HEAD", "HEAD /run HTTP/1.1\r\n\(close)", "200 OK", ""),
      ("a body is passed over", "GET /run HTTP/1.1\r\nContent-Length: 2\r\n\(close)hi", "200 OK", "/run?\n"),
      (
        "another method", "POST /run HTTP/1.1\r\nContent-Length: 2\r\n\(close)hi", "405 Method Not Allowed",
        "only GET and HEAD are answered\n"
      ),
      ("HTTP/1.0", "GET /run HTTP/1.0\r\n\r\n", "200 OK", "/run?\n"),
      ("no HTTP", "hello\r\n\r\n", "400 Bad Request", ""),
    ]
    for (name, request, status, body) in cases {
      let answer = try await Self.exchange(request, with: endpoint)
      let line = answer.prefix { $0 != "\r\n" }
      XCTAssertTrue(line.hasSuffix(" \(status)"), "\(name): \(answer)")
      let end = try XCTUnwrap(answer.range(of: "\r\n\r\n"), name).upperBound
      XCTAssertEqual(String(answer[end...]), body, name)
    }
    await endpoint.close()
  }

  func testAConnectionTakesRequestsOneByOne() async throws {
    let endpoint = try await Self.echo()
    let answer = try await Self.exchange(
      "GET /one HTTP/1.1\r\nHost: h\r\n\r\nGET /two HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", with: endpoint)
    XCTAssertEqual(answer.split(separator: "\r\n").filter { $0.hasPrefix("/") }, ["/one?\nHTTP/1.1 200 OK", "/two?\n"])
    await endpoint.close()
  }

  func testASlowAnswerHoldsUpNobodyElse() async throws {
    let endpoint = try await Self.echo()
    async let slow = Self.exchange("GET /slow HTTP/1.0\r\n\r\n", with: endpoint)
    let other = try await Self.exchange("GET /other HTTP/1.0\r\n\r\n", with: endpoint)
    XCTAssertTrue(other.hasSuffix("/other?\n"), other)
    let answer = try await slow
    XCTAssertTrue(answer.hasSuffix("/slow?\n"), answer)
    await endpoint.close()
  }

  func testWhoeverIsGoneNeedsNoAnswer() async throws {
    let (events, event) = AsyncStream.makeStream(of: String.self)
    let (never, keptOpen) = AsyncStream.makeStream(of: Void.self)
    defer { keptOpen.finish() }
    let endpoint = try await HTTPEndpoint(host: "127.0.0.1", port: 0) { _ in
      event.yield("asked")
      // Ends when the task is cancelled.
      for await _ in never {}
      event.yield(Task.isCancelled ? "cancelled" : "not cancelled")
      return HTTPEndpoint.Response(status: 200, text: "late")
    }
    var iterator = events.makeAsyncIterator()
    let channel = try await Self.connect(to: endpoint)
    try await channel.executeThenClose { _, outbound in
      try await outbound.write(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
      let asked = await iterator.next()
      XCTAssertEqual(asked, "asked")
    }
    let cancelled = await iterator.next()
    XCTAssertEqual(cancelled, "cancelled")
    await endpoint.close()
  }

  func testClosingEndsIdleConnections() async throws {
    let endpoint = try await Self.echo()
    let channel = try await Self.connect(to: endpoint)
    try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: "GET /run HTTP/1.1\r\nHost: h\r\n\r\n"))
      var bytes = inbound.makeAsyncIterator()
      let answer = try await bytes.next().map { String(buffer: $0) }
      XCTAssertEqual(answer?.hasPrefix("HTTP/1.1 200 OK\r\n"), true, answer ?? "no answer")
      await endpoint.close()
      while try await bytes.next() != nil {}
    }
    let next = try await HTTPEndpoint(host: "127.0.0.1", port: endpoint.port) { _ in .init(status: 200, text: "") }
    XCTAssertEqual(next.url, "http://127.0.0.1:\(endpoint.port)")
    await next.close()
  }

  func testAPortThatIsTaken() async throws {
    let endpoint = try await Self.echo()
    do {
      _ = try await HTTPEndpoint(host: "127.0.0.1", port: endpoint.port) { _ in .init(status: 200, text: "") }
      XCTFail("the port is taken")
    } catch {
      XCTAssertEqual("\(error)", "cannot listen at 127.0.0.1:\(endpoint.port): Address already in use")
    }
    await endpoint.close()
  }
}
#endif
