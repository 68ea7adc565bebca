#if Server
import HindcastHTTP

/// What HTTP requests of activities come to in `hindcast run`, where nothing is real but the code.
struct NoNetwork: HTTPExchange {
  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    throw request.error(
      .unreachable,
      "hindcast run reaches no network: give the activity a result with --mock, or run it with hindcast worker")
  }
}
#endif
