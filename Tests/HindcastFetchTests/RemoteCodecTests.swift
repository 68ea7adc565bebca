import Foundation
import HindcastFetch
import HindcastHTTP
import HindcastHistory
import SwiftProtobuf
import Synchronization
import TemporalAPI
import XCTest

/// Decoding at a codec's endpoint.
final class RemoteCodecTests: XCTestCase {
  /// An endpoint whose codec turns the bytes of payloads of the encoding `binary/encrypted` round.
  private final class Endpoint: HTTPExchange {
    private let seen = Mutex<[HTTPRequest]>([])
    private let answer: @Sendable (_ number: Int, HTTPRequest) throws -> HTTPResponse

    init(answer: @escaping @Sendable (_ number: Int, HTTPRequest) throws -> HTTPResponse = { try decode($1) }) {
      self.answer = answer
    }

    var requests: [HTTPRequest] { seen.withLock { $0 } }

    func send(_ request: HTTPRequest) throws -> HTTPResponse {
      let number = seen.withLock { requests in
        requests.append(request)
        return requests.count
      }
      return try answer(number, request)
    }

    static func decode(_ request: HTTPRequest) throws -> HTTPResponse {
      var payloads = try Payloads(jsonUTF8Bytes: request.body)
      payloads.payloads = payloads.payloads.map { payload in
        payload.encoding == "binary/encrypted"
          ? .json(String(decoding: payload.data.reversed(), as: UTF8.self)) : payload
      }
      return HTTPResponse(status: 200, body: try payloads.jsonUTF8Bytes())
    }
  }

  private func encrypted(_ json: String) -> Payload {
    .with {
      $0.metadata = ["encoding": Data("binary/encrypted".utf8)]
      $0.data = Data(json.utf8.reversed())
    }
  }

  private func codec(_ endpoint: Endpoint, url: String = "http://codec.test/", authorization: String? = nil)
    -> RemoteCodec
  {
    RemoteCodec(endpoint: url, namespace: "orders", authorization: authorization, exchange: endpoint, pause: { _ in })
  }

  private var history: WorkflowHistory {
    WorkflowHistory(events: [
      .with {
        $0.eventType = .workflowExecutionStarted
        $0.workflowExecutionStartedEventAttributes.input.payloads = [encrypted("1"), .json("2"), encrypted("3")]
        $0.workflowExecutionStartedEventAttributes.header.fields = ["context": encrypted("4")]
        $0.workflowExecutionStartedEventAttributes.memo.fields = ["note": encrypted("5")]
        $0.workflowExecutionStartedEventAttributes.searchAttributes.indexedFields = ["Kind": encrypted("6")]
      },
      .with {
        $0.eventType = .workflowExecutionFailed
        $0.workflowExecutionFailedEventAttributes.failure = .with {
          $0.message = "Encoded failure"
          $0.encodedAttributes = encrypted(#"{"message":"no money","stack_trace":"line 1"}"#)
          $0.cause.message = "Encoded failure"
          $0.cause.encodedAttributes = encrypted(#"{"message":"card declined"}"#)
          $0.cause.applicationFailureInfo.details.payloads = [encrypted("7")]
        }
      },
    ])
  }

  func testEveryPayloadIsDecodedAndFailuresAreUnfolded() async throws {
    let endpoint = Endpoint()
    let decoded = try await codec(endpoint).transformed(history)
    let started = decoded.events[0].workflowExecutionStartedEventAttributes
    XCTAssertEqual(started.input.payloads, [.json("1"), .json("2"), .json("3")])
    XCTAssertEqual(started.header.fields, ["context": .json("4")])
    XCTAssertEqual(started.memo.fields, ["note": .json("5")])
    XCTAssertEqual(started.searchAttributes.indexedFields, ["Kind": encrypted("6")], "the server reads these itself")
    let failure = decoded.events[1].workflowExecutionFailedEventAttributes.failure
    XCTAssertEqual(
      [failure.message, failure.stackTrace, failure.cause.message], ["no money", "line 1", "card declined"])
    XCTAssertFalse(failure.hasEncodedAttributes || failure.cause.hasEncodedAttributes)
    XCTAssertEqual(failure.cause.applicationFailureInfo.details.payloads, [.json("7")])
    XCTAssertEqual(endpoint.requests.count, 1)
  }

  func testRequestIsTheProtocols() async throws {
    let cases = [
      ("http://codec.test", "http://codec.test/decode"), ("http://codec.test/", "http://codec.test/decode"),
      ("https://codec.test/{namespace}/v1", "https://codec.test/orders/v1/decode"),
    ]
    for (url, called) in cases {
      let endpoint = Endpoint()
      _ = try await codec(endpoint, url: url, authorization: "Bearer s3cret").transformed(history)
      let request = try XCTUnwrap(endpoint.requests.first)
      XCTAssertEqual(request.method, "POST")
      XCTAssertEqual(request.url, called)
      XCTAssertEqual(
        request.headers,
        [
          HTTPField("Content-Type", "application/json"), HTTPField("X-Namespace", "orders"),
          HTTPField("Authorization", "Bearer s3cret"),
        ])
      let body = try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: [[String: Any]]]
      let first = try XCTUnwrap(body?["payloads"]?.first)
      XCTAssertEqual(first["data"] as? String, Data("1".utf8).base64EncodedString())
      XCTAssertEqual(
        first["metadata"] as? [String: String], ["encoding": Data("binary/encrypted".utf8).base64EncodedString()])
    }
  }

  func testManyPayloadsGoInBatchesAndComeBackInOrder() async throws {
    let inputs = (0..<450).map { encrypted("\($0)") }
    let event = HistoryEvent.with {
      $0.eventType = .workflowExecutionSignaled
      $0.workflowExecutionSignaledEventAttributes.input.payloads = inputs
    }
    let endpoint = Endpoint()
    let decoded = try await codec(endpoint).transformed(WorkflowHistory(events: [event]))
    XCTAssertEqual(
      decoded.events[0].workflowExecutionSignaledEventAttributes.input.payloads, (0..<450).map { .json("\($0)") })
    XCTAssertEqual(endpoint.requests.count, 3)

    let large = HistoryEvent.with {
      $0.eventType = .workflowExecutionSignaled
      $0.workflowExecutionSignaledEventAttributes.input.payloads = (0..<3).map { _ in
        encrypted("\"" + String(repeating: "x", count: 700_000) + "\"")
      }
    }
    let other = Endpoint()
    _ = try await codec(other).transformed(WorkflowHistory(events: [large]))
    XCTAssertEqual(other.requests.count, 3)
  }

  func testWhatMayPassIsTriedAgain() async throws {
    let endpoint = Endpoint { number, request in
      switch number {
      case 1: throw HTTPExchangeError(.unreachable, "nobody answers")
      case 2: HTTPResponse(status: 503)
      case 3: throw HTTPExchangeError(.timedOut, "it took too long")
      default: try Endpoint.decode(request)
      }
    }
    _ = try await codec(endpoint).transformed(history)
    XCTAssertEqual(endpoint.requests.count, 4)
  }

  func testRefusalsAreSaidWithoutSecrets() async throws {
    let cases: [(Int, requests: Int, concernsAll: Bool)] = [
      (400, 1, false), (401, 1, true), (403, 1, true), (404, 1, true), (500, 5, false), (503, 5, true), (302, 1, true),
    ]
    for (status, requests, concernsAll) in cases {
      let endpoint = Endpoint { _, _ in HTTPResponse(status: status, body: Array("payload s3cret".utf8)) }
      do {
        _ = try await codec(endpoint, authorization: "Bearer s3cret").transformed(history)
        XCTFail("\(status) was taken")
      } catch let error as CodecError {
        XCTAssertEqual(error.concernsAll, concernsAll, "\(status)")
        XCTAssertTrue(error.description.contains("status \(status)"), "\(error)")
        XCTAssertFalse(error.description.contains("s3cret"), "\(error)")
      }
      XCTAssertEqual(endpoint.requests.count, requests, "\(status)")
    }
  }

  func testAnswersThatAreNoneAreRefused() async throws {
    for body in ["", "[]", #"{"payloads":[{}]}"#, #"{"payloads":"x"}"#] {
      let endpoint = Endpoint { _, _ in HTTPResponse(status: 200, body: Array(body.utf8)) }
      do {
        _ = try await codec(endpoint).transformed(history)
        XCTFail("\(body) was taken")
      } catch let error as CodecError {
        XCTAssertTrue(error.concernsAll)
      }
    }
  }

  func testHistoryWithoutPayloadsAsksNobody() async throws {
    let endpoint = Endpoint()
    _ = try await codec(endpoint).transformed(WorkflowHistory(events: [HistoryEvent()]))
    XCTAssertEqual(endpoint.requests, [])
  }
}
