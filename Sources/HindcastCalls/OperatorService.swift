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

  /// Removes search attributes; an unknown one is no error.
  public static let removeSearchAttributes = method(
    "RemoveSearchAttributes", Temporal_Api_Operatorservice_V1_RemoveSearchAttributesRequest.self,
    Temporal_Api_Operatorservice_V1_RemoveSearchAttributesResponse.self)

  /// Deletes a namespace and all that is in it.
  public static let deleteNamespace = method(
    "DeleteNamespace", Temporal_Api_Operatorservice_V1_DeleteNamespaceRequest.self,
    Temporal_Api_Operatorservice_V1_DeleteNamespaceResponse.self)

  /// Lists the clusters that the server knows.
  public static let listClusters = method(
    "ListClusters", Temporal_Api_Operatorservice_V1_ListClustersRequest.self,
    Temporal_Api_Operatorservice_V1_ListClustersResponse.self)

  /// Makes a Nexus endpoint.
  public static let createNexusEndpoint = method(
    "CreateNexusEndpoint", Temporal_Api_Operatorservice_V1_CreateNexusEndpointRequest.self,
    Temporal_Api_Operatorservice_V1_CreateNexusEndpointResponse.self)

  /// Tells a Nexus endpoint.
  public static let getNexusEndpoint = method(
    "GetNexusEndpoint", Temporal_Api_Operatorservice_V1_GetNexusEndpointRequest.self,
    Temporal_Api_Operatorservice_V1_GetNexusEndpointResponse.self)

  /// Lists Nexus endpoints.
  public static let listNexusEndpoints = method(
    "ListNexusEndpoints", Temporal_Api_Operatorservice_V1_ListNexusEndpointsRequest.self,
    Temporal_Api_Operatorservice_V1_ListNexusEndpointsResponse.self)

  /// Changes a Nexus endpoint.
  public static let updateNexusEndpoint = method(
    "UpdateNexusEndpoint", Temporal_Api_Operatorservice_V1_UpdateNexusEndpointRequest.self,
    Temporal_Api_Operatorservice_V1_UpdateNexusEndpointResponse.self)

  /// Deletes a Nexus endpoint.
  public static let deleteNexusEndpoint = method(
    "DeleteNexusEndpoint", Temporal_Api_Operatorservice_V1_DeleteNexusEndpointRequest.self,
    Temporal_Api_Operatorservice_V1_DeleteNexusEndpointResponse.self)
}
