public import SwiftProtobuf
public import TemporalServiceAPI

/// The calls of `temporal.api.testservice.v1.TestService`: the clock of a server that skips time.
public enum TestService {
  /// The service's name on the wire.
  public static let name = "temporal.api.testservice.v1.TestService"

  private static func method<Request: Message, Response: Message>(
    _ name: String, _ request: Request.Type, _ response: Response.Type, patience: CallPatience = .prompt
  ) -> ServiceMethod<Request, Response> {
    ServiceMethod(name, of: Self.name, request, response, patience: patience)
  }

  /// Keeps time from being skipped, until it is unlocked as often.
  public static let lockTimeSkipping = method(
    "LockTimeSkipping", Temporal_Api_Testservice_V1_LockTimeSkippingRequest.self,
    Temporal_Api_Testservice_V1_LockTimeSkippingResponse.self)

  /// Takes back one lock.
  public static let unlockTimeSkipping = method(
    "UnlockTimeSkipping", Temporal_Api_Testservice_V1_UnlockTimeSkippingRequest.self,
    Temporal_Api_Testservice_V1_UnlockTimeSkippingResponse.self)

  /// Takes back a lock until so much time has passed on the server.
  public static let unlockTimeSkippingWithSleep = method(
    "UnlockTimeSkippingWithSleep", Temporal_Api_Testservice_V1_SleepRequest.self,
    Temporal_Api_Testservice_V1_SleepResponse.self, patience: .longPoll)

  /// Waits until so much time has passed on the server.
  public static let sleep = method(
    "Sleep", Temporal_Api_Testservice_V1_SleepRequest.self,
    Temporal_Api_Testservice_V1_SleepResponse.self, patience: .longPoll)

  /// Waits until it is so late on the server.
  public static let sleepUntil = method(
    "SleepUntil", Temporal_Api_Testservice_V1_SleepUntilRequest.self,
    Temporal_Api_Testservice_V1_SleepResponse.self, patience: .longPoll)

  /// Tells the server's time.
  public static let getCurrentTime = method(
    "GetCurrentTime", Google_Protobuf_Empty.self, Temporal_Api_Testservice_V1_GetCurrentTimeResponse.self)
}
