private import SwiftProtobuf
public import TemporalServiceAPI

/// The calls of `temporal.api.operatorservice.v1.OperatorService` that Hindcast makes.
public enum OperatorService {
  /// The service's name on the wire.
  public static let name = "temporal.api.operatorservice.v1.OperatorService"

  private static func method<Request: Message, Response: Message>(
    _ name: String, _ request: Request.Type, _ response: Response.Type
  ) -> ServiceMethod<Request, Response> {
    ServiceMethod(name, of: Self.name, request, response)
  }

  /// Registers search attributes; one that exists already is no error, whatever its type.
  public static let addSearchAttributes = method(
    "AddSearchAttributes", Temporal_Api_Operatorservice_V1_AddSearchAttributesRequest.self,
    Temporal_Api_Operatorservice_V1_AddSearchAttributesResponse.self)

  /// Lists the registered search attributes and their types.
  public static let listSearchAttributes = method(
    "ListSearchAttributes", Temporal_Api_Operatorservice_V1_ListSearchAttributesRequest.self,
    Temporal_Api_Operatorservice_V1_ListSearchAttributesResponse.self)
}
