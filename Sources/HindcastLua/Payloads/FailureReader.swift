import TemporalAPI

/// What a failure from the history becomes in Lua (spec/wippy.md 9.4).
enum FailureReader {
  private typealias Failure = Temporal_Api_Failure_V1_Failure

  /// The error value of an operation that did not succeed.
  static func error(_ failure: Temporal_Api_Failure_V1_Failure) -> LuaErrorValue {
    let chain = Array(sequence(first: failure) { $0.hasCause ? $0.cause : nil })
    for link in chain {
      if case .activityFailureInfo(let info)? = link.failureInfo {
        return inner(link).with(
          details: [
            "_wrapper": .string("activity"), "_activity_id": .string(info.activityID),
            "_retry_state": .string(text(info.retryState)),
          ])
      }
    }
    for link in chain {
      if case .childWorkflowExecutionFailureInfo(let info)? = link.failureInfo {
        return inner(link).with(
          details: [
            "_wrapper": .string("child_workflow"), "_workflow_id": .string(info.workflowExecution.workflowID),
            "_workflow_type": .string(info.workflowType.name), "_run_id": .string(info.workflowExecution.runID),
            "_retry_state": .string(text(info.retryState)),
          ])
      }
    }
    return examine(chain)
  }

  /// What is inside a wrapper; one that has no cause stands for itself.
  private static func inner(_ wrapper: Failure) -> LuaErrorValue {
    guard wrapper.hasCause else { return LuaErrorValue(kind: ErrorKind.internalError, message: wrapper.message) }
    return examine(Array(sequence(first: wrapper.cause) { $0.hasCause ? $0.cause : nil }))
  }

  /// Looks for each class of failure down the whole chain before it looks for the next.
  private static func examine(_ chain: [Failure]) -> LuaErrorValue {
    for link in chain {
      if case .applicationFailureInfo(let info)? = link.failureInfo, info.type != panicType {
        return application(link.message, info)
      }
    }
    for link in chain {
      if case .canceledFailureInfo? = link.failureInfo {
        return LuaErrorValue(kind: ErrorKind.canceled, message: "operation canceled", isRetryable: false)
      }
    }
    for link in chain {
      if case .timeoutFailureInfo(let info)? = link.failureInfo {
        return LuaErrorValue(
          kind: ErrorKind.timeout, message: link.message, isRetryable: false,
          details: ["timeout_type": .string(text(info.timeoutType))])
      }
    }
    for link in chain {
      if case .applicationFailureInfo? = link.failureInfo {
        return LuaErrorValue(kind: ErrorKind.internalError, message: link.message, isRetryable: false)
      }
    }
    for link in chain {
      if case .terminatedFailureInfo? = link.failureInfo {
        return LuaErrorValue(kind: ErrorKind.canceled, message: "workflow terminated", isRetryable: false)
      }
    }
    return LuaErrorValue(kind: ErrorKind.internalError, message: chain.last?.message ?? "")
  }

  /// The type under which the Go SDK writes a panic.
  private static let panicType = "PanicError"

  private static func application(
    _ message: String, _ info: Temporal_Api_Failure_V1_ApplicationFailureInfo
  ) -> LuaErrorValue {
    if info.details.payloads.count == 1, let error = recorded(info.details.payloads[0]) { return error }
    return LuaErrorValue(
      kind: ErrorKind.ofFailureType(info.type), message: message, isRetryable: !info.nonRetryable)
  }

  /// The error that the runtime itself wrote into the details, or nil where something else wrote them.
  private static func recorded(_ payload: EncodedPayload) -> LuaErrorValue? {
    guard case .array(let errors)? = decoded(payload)?["errors"], let first = errors.first else { return nil }
    var details: [String: GoValue]?
    if case .object(let fields)? = first["details"], !fields.isEmpty { details = fields }
    return LuaErrorValue(
      kind: first["kind"]?.string ?? ErrorKind.unknown,
      message: errors.map { $0["msg"]?.string ?? "" }.joined(separator: ": "), isRetryable: first["retry"]?.bool,
      details: details)
  }

  private static func decoded(_ payload: EncodedPayload) -> GoValue? {
    do throws(JSONSyntaxError) {
      return try GoValue(json: payload.data)
    } catch {
      return nil
    }
  }

  private static func text(_ state: Temporal_Api_Enums_V1_RetryState) -> String {
    switch state {
    case .unspecified: "Unspecified"
    case .inProgress: "InProgress"
    case .nonRetryableFailure: "NonRetryableFailure"
    case .timeout: "Timeout"
    case .maximumAttemptsReached: "MaximumAttemptsReached"
    case .retryPolicyNotSet: "RetryPolicyNotSet"
    case .internalServerError: "InternalServerError"
    case .cancelRequested: "CancelRequested"
    case .UNRECOGNIZED(let number): String(number)
    }
  }

  private static func text(_ type: Temporal_Api_Enums_V1_TimeoutType) -> String {
    switch type {
    case .startToClose: "start_to_close"
    case .scheduleToStart: "schedule_to_start"
    case .scheduleToClose: "schedule_to_close"
    case .heartbeat: "heartbeat"
    case .unspecified, .UNRECOGNIZED: "unknown"
    }
  }
}

extension LuaErrorValue {
  /// This error with more details.
  fileprivate func with(details more: [String: GoValue]) -> LuaErrorValue {
    LuaErrorValue(
      kind: kind, message: message, context: context, isRetryable: isRetryable,
      details: (details ?? [:]).merging(more) { $1 }, stack: stack)
  }
}
