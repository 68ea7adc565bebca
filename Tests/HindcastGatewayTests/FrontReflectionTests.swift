#if GRPC
import Foundation
import GRPCCore
import GRPCProtobuf
import HindcastCalls
import SwiftProtobuf
import TemporalServiceAPI
import XCTest

@testable import HindcastGateway

/// What a front tells of its services, compared with what Temporal's server said to the same questions.
final class FrontReflectionTests: FrontTestCase {
  private typealias Request = Grpc_Reflection_V1_ServerReflectionRequest
  private typealias Response = Grpc_Reflection_V1_ServerReflectionResponse
  private typealias Question = Request.OneOf_MessageRequest

  private static let commonFile = "temporal/api/common/v1/message.proto"

  private static func response(_ question: Question, _ reflection: inout FrontReflection) throws -> Response {
    let answer = try reflection.answer(Request.with { $0.messageRequest = question }.serializedData())
    return try Response(serializedBytes: answer)
  }

  /// A response in a line: the names of its files, at most five of them, or what else it says.
  private static func summary(_ response: Response) throws -> String {
    switch response.messageResponse {
    case .fileDescriptorResponse(let files):
      let names = try decoded(files).map(\.name)
      return "\(names.count): \(names.prefix(5).joined(separator: " "))"
    case .allExtensionNumbersResponse(let numbers): return "\(numbers.baseTypeName) \(numbers.extensionNumber)"
    case .listServicesResponse(let list): return list.service.map(\.name).joined(separator: " ")
    case .errorResponse(let error): return "\(error.errorCode) \(error.errorMessage)"
    case nil: return "nothing"
    }
  }

  private static func decoded(
    _ files: Grpc_Reflection_V1_FileDescriptorResponse
  ) throws -> [Google_Protobuf_FileDescriptorProto] {
    try files.fileDescriptorProto.map { try Google_Protobuf_FileDescriptorProto(serializedBytes: $0) }
  }

  func testAnswers() throws {
    let payload = "temporal.api.common.v1.Payload"
    let missing = "5 proto: not found"
    let cases: [(question: Question, answer: String)] = [
      (
        .listServices(""),
        """
        grpc.health.v1.Health grpc.reflection.v1.ServerReflection grpc.reflection.v1alpha.ServerReflection \
        temporal.api.operatorservice.v1.OperatorService temporal.api.workflowservice.v1.WorkflowService
        """
      ),
      (
        .fileByFilename(Self.commonFile),
        """
        7: \(Self.commonFile) google/protobuf/duration.proto google/protobuf/empty.proto google/protobuf/timestamp.proto \
        temporal/api/enums/v1/common.proto
        """
      ),
      // What came with it, and itself, is not sent again but where it is asked for.
      (.fileByFilename(Self.commonFile), "1: \(Self.commonFile)"),
      (.fileByFilename("google/protobuf/empty.proto"), "1: google/protobuf/empty.proto"),
      (.fileByFilename("nope.proto"), missing),
      (.fileByFilename(""), missing),
      (.fileContainingSymbol("grpc.health.v1.Health"), "1: grpc/health/v1/health.proto"),
      (
        .fileContainingSymbol("grpc.reflection.v1.ServerReflection"), "1: grpc/reflection/v1/reflection.proto"
      ),
      (
        .fileContainingSymbol("grpc.reflection.v1alpha.ServerReflection"),
        "1: grpc/reflection/v1alpha/reflection.proto"
      ),
      (.fileContainingSymbol(payload), "1: \(Self.commonFile)"),
      (.fileContainingSymbol("\(payload).data"), "1: \(Self.commonFile)"),
      (.fileContainingSymbol("\(payload).MetadataEntry"), "1: \(Self.commonFile)"),
      (.fileContainingSymbol("temporal.api.enums.v1.EventType"), "1: temporal/api/enums/v1/event_type.proto"),
      (
        .fileContainingSymbol("temporal.api.enums.v1.EVENT_TYPE_TIMER_FIRED"),
        "1: temporal/api/enums/v1/event_type.proto"
      ),
      (.fileContainingSymbol("temporal.api.enums.v1.EventType.EVENT_TYPE_TIMER_FIRED"), missing),
      (
        .fileContainingSymbol("temporal.api.failure.v1.Failure.failure_info"),
        "3: temporal/api/failure/v1/message.proto temporal/api/enums/v1/workflow.proto temporal/api/enums/v1/nexus.proto"
      ),
      (.fileContainingSymbol("temporal.api.common.v1"), missing),
      (.fileContainingSymbol(""), missing),
      (.allExtensionNumbersOfType(payload), "\(payload) []"),
      (.allExtensionNumbersOfType("x.y"), missing),
      (
        .fileContainingExtension(
          .with {
            $0.containingType = payload
            $0.extensionNumber = 7
          }), missing
      ),
    ]
    var reflection = FrontReflection(services: GRPCFrontOptions().services)
    for (question, answer) in cases {
      let response = try Self.response(question, &reflection)
      XCTAssertEqual(try Self.summary(response), answer, "\(question)")
      XCTAssertEqual(response.originalRequest.messageRequest, question)
    }
  }

  /// The server's own has ten numbers more, of files that none of its services imports.
  func testExtensions() throws {
    var reflection = FrontReflection(services: [])
    let options = "google.protobuf.MethodOptions"
    XCTAssertEqual(
      try Self.summary(Self.response(.allExtensionNumbersOfType(options), &reflection)), "\(options) [8234, 7234001]")
    let file = Question.fileContainingExtension(
      .with {
        $0.containingType = options
        $0.extensionNumber = 7_234_001
      })
    XCTAssertEqual(
      try Self.summary(Self.response(file, &reflection)),
      "2: temporal/api/protometa/v1/annotations.proto google/protobuf/descriptor.proto")
  }

  /// Whoever follows the imports finds every type of every method: none is cut off with what the API's package lacks.
  func testEveryTypeIsDefined() throws {
    var reflection = FrontReflection(services: GRPCFrontOptions().services)
    let services = try Self.response(.listServices(""), &reflection).listServicesResponse.service.map(\.name)
    var methods = 0
    for name in services + [TestService.name] {
      var reflection = FrontReflection(services: [])
      let response = try Self.response(.fileContainingSymbol(name), &reflection)
      let files = try Self.decoded(response.fileDescriptorResponse)
      let sent = Set(files.map(\.name))
      for file in files { XCTAssertEqual(file.dependency.filter { !sent.contains($0) }, [], "\(name): \(file.name)") }
      let service = try XCTUnwrap(files[0].service.first { "\(files[0].package).\($0.name)" == name }, name)
      methods += service.method.count
      for type in service.method.flatMap({ [$0.inputType, $0.outputType] }) {
        let known = try Self.response(.fileContainingSymbol(String(type.dropFirst())), &reflection)
        XCTAssertEqual(known.fileDescriptorResponse.fileDescriptorProto.count, 1, type)
      }
    }
    XCTAssertGreaterThan(methods, 140)
  }

  func testWhatIsNoQuestion() throws {
    let cases: [(request: Data, error: String)] = [
      (Data(), "INVALID_ARGUMENT: invalid MessageRequest: <nil>"),
      (Data([0x1A, 0x05, 0x41]), "INTERNAL: grpc: error unmarshalling request: truncated"),
    ]
    for (request, error) in cases {
      var reflection = FrontReflection(services: [])
      XCTAssertThrowsError(try reflection.answer(request)) { thrown in
        XCTAssertTrue("\(thrown)".contains(error), "\(thrown)")
      }
    }
  }

  // MARK: Over the wire

  /// What was answered before the stream ended, and how it did.
  private struct Conversation: Sendable {
    var answers: [String] = []
    var error: RPCError?
  }

  /// Asks one question after the other, each when the one before has been answered, if `inTurn`.
  private static func ask(
    _ questions: [Request], _ client: Client, service: String = "grpc.reflection.v1.ServerReflection",
    method: String = FrontReflection.method, inTurn: Bool = true
  ) async throws -> Conversation {
    let turns = AsyncStream.makeStream(of: Void.self)
    let request = StreamingClientRequest<Request> { writer in
      var turn = turns.stream.makeAsyncIterator()
      for question in questions {
        try await writer.write(question)
        if inTurn { await turn.next() }
      }
    }
    return try await client.bidirectionalStreaming(
      request: request, descriptor: MethodDescriptor(fullyQualifiedService: service, method: method),
      serializer: ProtobufSerializer(), deserializer: ProtobufDeserializer<Response>(), options: .defaults
    ) { response in
      defer { turns.continuation.finish() }
      var conversation = Conversation()
      do {
        for try await message in response.messages {
          conversation.answers.append(try summary(message))
          turns.continuation.yield()
        }
      } catch let error as RPCError {
        conversation.error = error
      }
      return conversation
    }
  }

  private static func request(_ question: Question) -> Request { .with { $0.messageRequest = question } }

  func testQuestionsAreAnsweredAsTheyCome() async throws {
    let address = try await serve { $0.services = [WorkflowService.name] }
    try await withClient(of: address) { client in
      for version in ["v1", "v1alpha"] {
        let conversation = try await Self.ask(
          [Self.request(.listServices("*")), Self.request(.fileByFilename("nope"))], client,
          service: "grpc.reflection.\(version).ServerReflection")
        XCTAssertNil(conversation.error, version)
        XCTAssertEqual(
          conversation.answers,
          [
            """
            grpc.health.v1.Health grpc.reflection.v1.ServerReflection grpc.reflection.v1alpha.ServerReflection \
            \(WorkflowService.name)
            """, "5 proto: not found",
          ], version)
      }
    }
  }

  /// The error's trailers must not overtake, and its reset not drop, the answers that the caller has yet to read.
  func testAnswersBeforeAnErrorArrive() async throws {
    let questions = [Request](repeating: Self.request(.fileContainingSymbol(WorkflowService.name)), count: 8)
    let address = try await serve()
    let conversation = try await withClient(of: address, window: 65_535) { client in
      try await Self.ask(questions + [Request()], client, inTurn: false)
    }
    XCTAssertEqual(conversation.answers.count, questions.count)
    XCTAssertEqual(conversation.error?.code, .invalidArgument)
    XCTAssertEqual(conversation.error?.message, "invalid MessageRequest: <nil>")
  }

  func testRefusals() async throws {
    let guarded = try await serve { $0.apiKeys = ["secret"] }
    let open = try await serve { $0.maximumRequestBytes = 100 }
    let list = Self.request(.listServices(""))
    let large = Self.request(.fileByFilename(String(repeating: "x", count: 200)))
    let cases: [(address: ServerAddress, method: String, question: Request, code: RPCError.Code)] = [
      (guarded, FrontReflection.method, list, .unauthenticated), (open, "ServerInfo", list, .unimplemented),
      (open, FrontReflection.method, large, .resourceExhausted),
    ]
    for (address, method, question, code) in cases {
      let conversation = try await withClient(of: address) { client in
        try await Self.ask([question], client, method: method)
      }
      XCTAssertEqual(conversation.answers, [], method)
      XCTAssertEqual(conversation.error?.code, code, method)
    }
  }
}
#endif
