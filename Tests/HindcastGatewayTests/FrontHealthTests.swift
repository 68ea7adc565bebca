#if GRPC
import GRPCCore
import GRPCProtobuf
import HindcastGateway
import SwiftProtobuf
import XCTest

/// `grpc.health.v1.Health` of a front, asked by a client that knows its messages as strings and numbers.
final class FrontHealthTests: FrontTestCase {
  private static func descriptor(_ method: String) -> MethodDescriptor {
    MethodDescriptor(fullyQualifiedService: "grpc.health.v1.Health", method: method)
  }

  /// The status that the service tells, or the code of its refusal.
  private static func check(
    _ service: String, _ client: Client
  ) async throws -> Result<Int32, RPCError> {
    do {
      return .success(
        try await client.unary(
          request: ClientRequest(message: Google_Protobuf_StringValue(service)), descriptor: descriptor("Check"),
          serializer: ProtobufSerializer(), deserializer: ProtobufDeserializer<Google_Protobuf_Int32Value>(),
          options: .defaults
        ) { try $0.message.value })
    } catch let error as RPCError {
      return .failure(error)
    }
  }

  func testServicesThatAreServedAreHealthy() async throws {
    // Whoever asks needs no key.
    let address = try await serve { $0.apiKeys = ["secret"] }
    try await withClient(of: address) { client in
      let cases: [(service: String, status: Int32?)] = [
        ("", 1), ("temporal.api.workflowservice.v1.WorkflowService", 1),
        ("temporal.api.operatorservice.v1.OperatorService", 1), ("grpc.health.v1.Health", nil), ("coffee", nil),
      ]
      for (service, status) in cases {
        switch try await Self.check(service, client) {
        case .success(let found): XCTAssertEqual(found, status, service)
        case .failure(let error):
          XCTAssertNil(status, service)
          XCTAssertEqual(error.code, .notFound, service)
          XCTAssertEqual(error.message, "unknown service", service)
        }
      }
    }
  }

  func testAWatchTellsOfTheEnd() async throws {
    let address = try await serve()
    let front = try XCTUnwrap(front)
    let cases: [(service: String, statuses: [Int32])] = [
      ("", [1, 2]), ("temporal.api.workflowservice.v1.WorkflowService", [1, 2]), ("coffee", [3]),
    ]
    try await withClient(of: address) { client in
      try await withThrowingTaskGroup(of: (String, [Int32]).self) { group in
        let started = AsyncStream.makeStream(of: Void.self)
        for (service, _) in cases {
          group.addTask {
            try await client.serverStreaming(
              request: ClientRequest(message: Google_Protobuf_StringValue(service)),
              descriptor: Self.descriptor("Watch"), serializer: ProtobufSerializer(),
              deserializer: ProtobufDeserializer<Google_Protobuf_Int32Value>(), options: .defaults
            ) { response in
              var statuses: [Int32] = []
              for try await status in response.messages {
                if statuses.isEmpty { started.continuation.yield() }
                statuses.append(status.value)
              }
              return (service, statuses)
            }
          }
        }
        var count = 0
        for await _ in started.stream {
          count += 1
          if count == cases.count { break }
        }
        front.stop()
        for try await (service, statuses) in group {
          XCTAssertEqual(statuses, cases.first { $0.service == service }?.statuses, service)
        }
      }
    }
  }

  func testOtherMethodsAreNamed() async throws {
    let address = try await serve()
    try await withClient(of: address) { client in
      do {
        _ = try await client.unary(
          request: ClientRequest(message: Google_Protobuf_StringValue("")), descriptor: Self.descriptor("Cure"),
          serializer: ProtobufSerializer(), deserializer: ProtobufDeserializer<Google_Protobuf_Int32Value>(),
          options: .defaults
        ) { try $0.message.value }
        XCTFail("a method that nobody has was answered")
      } catch let error as RPCError {
        XCTAssertEqual(error.code, .unimplemented)
        XCTAssertTrue(error.message.contains("Cure"), error.message)
      }
    }
  }
}
#endif
