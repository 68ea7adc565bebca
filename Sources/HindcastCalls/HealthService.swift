public import TemporalServiceAPI

/// The calls of `grpc.health.v1.Health`, which Temporal servers answer beside their own services.
public enum HealthService {
  /// The service's name on the wire.
  public static let name = "grpc.health.v1.Health"

  /// Tells whether the server, or the service that the request names, takes calls.
  public static let check = ServiceMethod(
    "Check", of: name, Temporal_Grpc_Health_V1_HealthCheckRequest.self,
    Temporal_Grpc_Health_V1_HealthCheckResponse.self)
}
