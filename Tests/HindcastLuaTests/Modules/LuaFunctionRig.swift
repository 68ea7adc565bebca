import HindcastCore
import HindcastHTTP
import SwiftProtobuf
import Synchronization
import TemporalAPI

@testable import HindcastLua

/// Runs the source of one function as an activity and says how it went, as a line of text.
struct LuaFunctionRig {
  var modules = ["json", "time", "funcs", "ctx", "uuid", "logger", "http_client", "base64"]
  var functions: [String: String] = [:]
  var context = LuaActivities.Context()
  var limits = RunLimits(cpuTime: nil)

  /// The result as JSON, or `kind: message`, with a `!` behind the kind of a failure that must not be retried.
  func outcome(
    _ source: String, _ input: String..., header: [String: String] = [:]
  ) -> String {
    let code = LuaWorkflowCode(
      workflows: [:], functions: functions.merging(["app:f": source]) { $1 }, modules: modules)
    var headers = Temporal_Api_Common_V1_Header()
    for (name, json) in header { headers.fields[name] = JSONPayload.payload(json: json) }
    do throws(LuaActivityFailure) {
      let result = try LuaActivities(code, limits: limits).run(
        "app:f", input: .with { $0.payloads = input.map { JSONPayload.payload(json: $0) } }, header: headers,
        context: context)
      return result.payloads.map { String(decoding: $0.data, as: UTF8.self) }.joined(separator: ",")
    } catch {
      let info = error.failure.applicationFailureInfo
      return "\(info.type)\(info.nonRetryable ? "!" : ""): \(error.failure.message)"
    }
  }
}

/// Answers requests with a closure and remembers them.
final class ScriptedExchange: HTTPExchange {
  private let asked = Mutex<[HTTPRequest]>([])
  private let answer: @Sendable (HTTPRequest) async throws -> HTTPResponse

  init(
    _ answer: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse = {
      HTTPResponse(status: 200, url: $0.url)
    }
  ) {
    self.answer = answer
  }

  var requests: [HTTPRequest] { asked.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    asked.withLock { $0.append(request) }
    return try await answer(request)
  }
}
