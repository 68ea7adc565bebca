#if GRPC
internal import Foundation
internal import HindcastCalls
private import SwiftProtobuf
private import TemporalServiceAPI

/// What a front tells one caller of what there is to call: `grpc.reflection.v1.ServerReflection`, by which tools like grpcurl
/// need no `.proto` files. Its answers are those of Temporal's server.
struct FrontReflection {
  private typealias Request = Grpc_Reflection_V1_ServerReflectionRequest
  private typealias Response = Grpc_Reflection_V1_ServerReflectionResponse

  /// The service, and as it was called before, with the same messages.
  private static let name = "grpc.reflection.v1.ServerReflection"
  private static let formerName = "grpc.reflection.v1alpha.ServerReflection"
  static let method = "ServerReflectionInfo"

  /// The names of what is served, in order.
  private let services: [String]
  /// The files that the caller has been sent, which imports need not be again.
  private var sent: Set<Int> = []

  /// - Parameter services: what is served beside the services that a front answers itself.
  init(services: [String]) {
    self.services = Set(services + [Self.name, Self.formerName, HealthService.name]).sorted()
  }

  /// Whether a call is for this service.
  static func isAsked(by head: CallHead) -> Bool { head.service == name || head.service == formerName }

  /// The response to a request, both encoded.
  ///
  /// - Throws: INTERNAL for what is no request, INVALID_ARGUMENT for one that asks nothing.
  mutating func answer(_ request: Data) throws(ServiceError) -> Data {
    let question: Request
    do {
      question = try Request(serializedBytes: request)
    } catch {
      throw .undecodable(error, method: Self.method)
    }
    do {
      var response = Response()
      response.validHost = question.host
      response.originalRequest = question
      response.messageResponse = try message(for: question, in: DescriptorIndex.temporal.get())
      return try response.serializedData()
    } catch let error as ServiceError {
      throw error
    } catch {
      throw ServiceError(.internal, "\(error)", method: Self.method)
    }
  }

  private mutating func message(
    for request: Request, in index: DescriptorIndex
  ) throws(ServiceError) -> Response.OneOf_MessageResponse {
    switch request.messageRequest {
    case .listServices:
      return .listServicesResponse(
        .with { $0.service = services.map { name in .with { $0.name = name } } })
    case .fileByFilename(let name): return file(index.file(named: name), index)
    case .fileContainingSymbol(let symbol): return file(index.file(defining: symbol), index)
    case .fileContainingExtension(let item):
      return file(index.file(extending: item.containingType, by: item.extensionNumber), index)
    case .allExtensionNumbersOfType(let type):
      guard let numbers = index.extensions(of: type) else { return Self.notFound }
      return .allExtensionNumbersResponse(
        .with {
          $0.baseTypeName = type
          $0.extensionNumber = numbers
        })
    case nil: throw ServiceError(.invalidArgument, "invalid MessageRequest: <nil>", method: Self.method)
    }
  }

  private mutating func file(_ place: Int?, _ index: DescriptorIndex) -> Response.OneOf_MessageResponse {
    guard let place else { return Self.notFound }
    return .fileDescriptorResponse(.with { $0.fileDescriptorProto = index.file(place, sent: &sent) })
  }

  private static var notFound: Response.OneOf_MessageResponse {
    .errorResponse(
      .with {
        $0.errorCode = Int32(ServiceError.Code.notFound.rawValue)
        $0.errorMessage = "proto: not found"
      })
  }
}
#endif
