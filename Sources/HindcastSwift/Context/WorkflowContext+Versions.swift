import HindcastCore
import TemporalAPI

extension WorkflowContext {
  /// The version that a run got before a change was versioned at all.
  public static let defaultVersion = -1

  /// Which version of a change this run follows: the recorded one, or `max` where the code comes here for the first time.
  /// - Parameters:
  ///   - changeID: names the change.
  ///   - min: the oldest version that the code still knows; a run with an older one fails its task.
  ///   - max: the newest.
  public func version(
    of changeID: String, min: Int = WorkflowContext.defaultVersion, max: Int, file: String = #fileID, line: Int = #line
  ) -> Int {
    host.command(at: SourceLocation(file: file, line: line), otherwise: min) { (environment) throws(TaskFailure) in
      try environment.version(of: changeID, minimum: min, maximum: max)
    }
  }

  /// Changes search attributes.
  /// - Throws: `ReservedKeyError` for `TemporalChangeVersion`, or an encoding error.
  public func upsertSearchAttributes(
    _ attributes: [String: any Encodable], file: String = #fileID, line: Int = #line
  ) throws {
    guard attributes["TemporalChangeVersion"] == nil else { throw ReservedKeyError(key: "TemporalChangeVersion") }
    guard !attributes.isEmpty else { throw ReservedKeyError(key: "") }
    let fields = try attributes.mapValues { try PayloadConverter.payload($0) }
    host.command(at: SourceLocation(file: file, line: line), otherwise: ()) { (environment) throws(TaskFailure) in
      try environment.upsertSearchAttributes(fields)
    }
  }

  /// Changes the memo.
  /// - Throws: an encoding error.
  public func upsertMemo(_ memo: [String: any Encodable], file: String = #fileID, line: Int = #line) throws {
    guard !memo.isEmpty else { throw ReservedKeyError(key: "") }
    let fields = try memo.mapValues { try PayloadConverter.payload($0) }
    host.command(at: SourceLocation(file: file, line: line), otherwise: ()) { (environment) throws(TaskFailure) in
      _ = environment.tryUse(.memoUserDCEncode)
      try environment.upsertMemo(fields)
    }
  }

  /// A value of the memo; nil when there is none.
  /// - Throws: a decoding error.
  public func memo<Value: Decodable>(_ key: String, as type: Value.Type = Value.self) throws -> Value? {
    guard let payload = info.memo[key] else { return nil }
    return try PayloadConverter.decode(type, from: payload)
  }

  /// A search attribute; nil when it is not set.
  /// - Throws: a decoding error.
  public func searchAttribute<Value: Decodable>(_ key: String, as type: Value.Type = Value.self) throws -> Value? {
    guard let payload = info.searchAttributes[key] else { return nil }
    return try PayloadConverter.decode(type, from: payload)
  }
}

/// A memo or search attributes cannot be changed so.
public struct ReservedKeyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The key that is not for workflow code; empty when no key was given at all.
  public var key: String

  /// The Go SDK's text.
  public var description: String {
    key.isEmpty
      ? "no key was given" : "\(key) is a reserved key that cannot be set, please use other key"
  }
}
