#if GRPC
import Foundation
import HindcastHTTP
import XCTest

/// The exchange over real sockets, with a server of this process.
final class AsyncHTTPExchangeTests: XCTestCase {
  private var server: HTTPTestServer?
  private var base = ""

  override func setUp() async throws {
    let server = try await HTTPTestServer()
    self.server = server
    base = server.base
  }

  override func tearDown() async throws { server?.stop() }

  private func failure(_ request: HTTPRequest, _ exchange: AsyncHTTPExchange = AsyncHTTPExchange()) async
    -> HTTPExchangeError?
  {
    do {
      let response = try await exchange.send(request)
      XCTFail("answered: \(response.status)")
      return nil
    } catch let error as HTTPExchangeError {
      return error
    } catch {
      XCTFail("\(error)")
      return nil
    }
  }

  func testSendsTheRequestAndTakesTheAnswer() async throws {
    let request = HTTPRequest(
      "POST", "\(base)/echo?q=1", headers: [HTTPField("X-Trace", "t")], body: Array("content".utf8))
    let response = try await AsyncHTTPExchange().send(request)
    XCTAssertEqual(response.status, 201)
    XCTAssertEqual(String(decoding: response.body, as: UTF8.self), "content")
    XCTAssertEqual(response.url, "\(base)/echo?q=1")
    let fields = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
    XCTAssertEqual(fields["x-method"], "POST")
    XCTAssertEqual(fields["x-trace"], "t")
    XCTAssertEqual(fields["set-cookie"], "a=1")
  }

  func testFollowsRedirections() async throws {
    let response = try await AsyncHTTPExchange().send(HTTPRequest("POST", "\(base)/moved", body: [1]))
    XCTAssertEqual(response.url, "\(base)/echo")
    XCTAssertEqual(response.headers.first { $0.name.lowercased() == "x-method" }?.value, "GET")
    let endless = await failure(HTTPRequest("GET", "\(base)/loop"))
    XCTAssertEqual(endless?.kind, .redirectedTooOften)
    XCTAssertEqual(endless?.description, "Get \"\(base)/loop\": stopped after 10 redirects")
  }

  func testTakesNoMoreThanItMay() async throws {
    var request = HTTPRequest("GET", "\(base)/large")
    request.largestAnswer = 100_000
    let response = try await AsyncHTTPExchange().send(request)
    XCTAssertEqual(response.body.count, 100_000)
    request.largestAnswer = 99_999
    let refused = await failure(request)
    XCTAssertEqual(refused, HTTPExchangeError(.tooLarge, "response body too large (max 99999 bytes)"))
    request.largestAnswer = nil
    var limits = AsyncHTTPExchange.Limits()
    limits.largestAnswer = 10
    let limited = await failure(request, AsyncHTTPExchange(limits: limits))
    XCTAssertEqual(limited?.kind, .tooLarge)
  }

  func testWaitsNoLongerThanItMay() async throws {
    var request = HTTPRequest("GET", "\(base)/never", timeout: .milliseconds(50))
    let own = await failure(request)
    XCTAssertEqual(own?.kind, .timedOut)
    request.timeout = nil
    var limits = AsyncHTTPExchange.Limits()
    limits.timeout = .milliseconds(50)
    let general = await failure(request, AsyncHTTPExchange(limits: limits))
    XCTAssertEqual(general?.kind, .timedOut)
  }

  func testACancelledTaskEndsTheExchange() async throws {
    let request = HTTPRequest("GET", "\(base)/never", timeout: .seconds(3600))
    let exchange = AsyncHTTPExchange()
    let task = Task { try await exchange.send(request) }
    task.cancel()
    do {
      _ = try await task.value
      XCTFail("answered")
    } catch {
      XCTAssertTrue(error is CancellationError, "\(error)")
    }
  }

  func testWhatCannotBeSentOrReachedIsAnError() async throws {
    let cases: [(HTTPRequest, HTTPExchangeError.Kind)] = [
      (HTTPRequest("GET", "http://127.0.0.1:1/"), .unreachable),
      (HTTPRequest("GET", "file:///etc/passwd"), .invalidRequest),
      (HTTPRequest("GET", "\(base)/echo", headers: [HTTPField("X-A", "b\r\nEvil: 1")]), .invalidRequest),
      (HTTPRequest("GET /\r\n", "\(base)/echo"), .invalidRequest),
    ]
    for (request, kind) in cases {
      let error = await failure(request)
      XCTAssertEqual(error?.kind, kind, "\(request)")
    }
  }

  /// The certificate and the name are what the request's options say.
  func testTLSOptionsAreRead() async throws {
    var request = HTTPRequest("GET", "https://127.0.0.1:1/")
    request.tls = HTTPTLSOptions()
    request.tls?.authorities = "no PEM"
    let authorities = await failure(request)
    XCTAssertEqual(
      authorities?.description,
      "Get \"https://127.0.0.1:1/\": parse CA certificate: no valid certificates found")
  }

  func testAUnixSocketTakesTheHostsPlace() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "h\(UInt32.random(in: 0 ... .max)).s").path
    let server = try await HTTPTestServer(socket: path)
    defer {
      server.stop()
      try? FileManager.default.removeItem(atPath: path)
    }
    var request = HTTPRequest("GET", "http://service.local/echo")
    request.unixSocket = path
    let response = try await AsyncHTTPExchange().send(request)
    XCTAssertEqual(response.headers.first { $0.name.lowercased() == "x-host" }?.value, "service.local")
  }
}
#endif
