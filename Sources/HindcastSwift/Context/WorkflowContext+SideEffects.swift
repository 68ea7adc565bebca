import HindcastCore
import TemporalAPI

extension WorkflowContext {
  /// Runs code that is not deterministic, such as drawing a random number, once: the result is recorded, and from then on
  /// the recorded one counts.
  /// - Parameter produce: must not use the context.
  /// - Throws: what `produce` throws, or an encoding or decoding error.
  public func sideEffect<Value: Codable>(
    file: String = #fileID, line: Int = #line, _ produce: () throws -> Value
  ) throws -> Value {
    let host = host
    var fault: (any Error)?
    let payloads = host.command(
      at: SourceLocation(file: file, line: line), otherwise: Temporal_Api_Common_V1_Payloads?.none
    ) { (environment) throws(TaskFailure) in
      try environment.sideEffect {
        do {
          return try PayloadConverter.payloads(try host.readOnly(produce))
        } catch {
          fault = error
          return nil
        }
      }
    }
    if let fault { throw fault }
    guard let payloads else { throw WorkflowEvicted() }
    return try PayloadConverter.decode(Value.self, from: payloads)
  }

  /// Like `sideEffect`, for a value that is looked at again and again: it is recorded only when it has changed.
  /// - Parameters:
  ///   - id: names the value.
  ///   - produce: must not use the context.
  public func mutableSideEffect<Value: Codable & Equatable>(
    _ id: String, file: String = #fileID, line: Int = #line, _ produce: () throws -> Value
  ) throws -> Value {
    try mutableSideEffect(id, isEqual: ==, file: file, line: line, produce)
  }

  /// Like `sideEffect`, for a value that is looked at again and again: it is recorded only when it has changed.
  /// - Parameters:
  ///   - id: names the value.
  ///   - isEqual: whether the recorded value still holds.
  ///   - produce: must not use the context.
  public func mutableSideEffect<Value: Codable>(
    _ id: String, isEqual: (Value, Value) -> Bool, file: String = #fileID, line: Int = #line,
    _ produce: () throws -> Value
  ) throws -> Value {
    let host = host
    var fault: (any Error)?
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
        }
      ) {
        do {
          return try PayloadConverter.payloads(try host.readOnly(produce))
        } catch {
          fault = error
          return Temporal_Api_Common_V1_Payloads()
        }
      }
    }
    if let fault { throw fault }
    guard let payloads else { throw WorkflowEvicted() }
    return try PayloadConverter.decode(Value.self, from: payloads)
  }
}
