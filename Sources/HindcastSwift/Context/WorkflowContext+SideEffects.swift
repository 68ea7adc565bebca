import HindcastCore
import TemporalAPI

extension WorkflowContext {
  /// Runs code that is not deterministic, such as drawing a random number, once: the result is recorded, and from then on
  /// the recorded one counts.
  /// - Parameter produce: must not use the context, and cannot fail, since nothing would be recorded then.
  /// - Throws: a decoding error.
  public func sideEffect<Value: Codable>(
    file: String = #fileID, line: Int = #line, _ produce: () -> Value
  ) throws -> Value {
    let host = host
    let payloads = host.command(
      at: SourceLocation(file: file, line: line), otherwise: Temporal_Api_Common_V1_Payloads?.none
    ) { (environment) throws(TaskFailure) in
      try environment.sideEffect { host.effect(produce) }
    }
    guard let payloads else { throw WorkflowEvicted() }
    return try PayloadConverter.decode(Value.self, from: payloads)
  }

  /// Like `sideEffect`, for a value that is looked at again and again: it is recorded only when it has changed.
  /// - Parameters:
  ///   - id: names the value.
  ///   - produce: must not use the context.
  /// - Throws: a decoding error.
  public func mutableSideEffect<Value: Codable & Equatable>(
    _ id: String, file: String = #fileID, line: Int = #line, _ produce: () -> Value
  ) throws -> Value {
    try mutableSideEffect(id, isEqual: ==, file: file, line: line, produce)
  }

  /// Like `sideEffect`, for a value that is looked at again and again: it is recorded only when it has changed.
  /// - Parameters:
  ///   - id: names the value.
  ///   - isEqual: whether the recorded value still holds.
  ///   - produce: must not use the context.
  /// - Throws: a decoding error.
  public func mutableSideEffect<Value: Codable>(
    _ id: String, isEqual: (Value, Value) -> Bool, file: String = #fileID, line: Int = #line, _ produce: () -> Value
  ) throws -> Value {
    let host = host
    let payloads = host.command(
      at: SourceLocation(file: file, line: line), otherwise: Temporal_Api_Common_V1_Payloads?.none
    ) { (environment) throws(TaskFailure) in
      try environment.mutableSideEffect(
        id,
        isEqual: { known, fresh in
          guard let old = try? PayloadConverter.decode(Value.self, from: known),
            let new = try? PayloadConverter.decode(Value.self, from: fresh)
          else { return known == fresh }
          return host.readOnly { isEqual(old, new) }
        },
        { host.effect(produce) ?? Temporal_Api_Common_V1_Payloads() })
    }
    guard let payloads else { throw WorkflowEvicted() }
    return try PayloadConverter.decode(Value.self, from: payloads)
  }
}
