import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI

@testable import HindcastServer

/// Fills messages of any type with values at random: sensible ones, extreme ones and such as no client would send.
///
/// A message asks its decoder for one value after the other; this one makes them up.
struct RandomMessages: Decoder {
  var random: IDSource
  /// Ids that the server under test gave out.
  var names: [String] = []
  /// Tokens that it gave out.
  var tokens: [Data] = []
  /// Numbers of the fields that are still to be filled.
  private var fields: [Int] = []
  private var depth = 0
  /// Whether the first field of a request is being filled.
  private var isFirst = false

  init(seed: UInt64) { random = IDSource(seed: seed) }

  /// A message of the type of another one.
  mutating func message<M: Message>(like other: M) -> M {
    depth = 0
    var message = M()
    fill(&message)
    return message
  }

  mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  mutating func choose<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  // MARK: Values

  private mutating func fill<M: Message>(_ message: inout M) {
    let outer = fields
    depth += 1
    let density = choose([10, 30, 60, 90]) / (depth > 3 ? depth : 1)
    // 301 is the metadata of commands.
    fields = (depth > 8 ? [] : Array(1...40) + [301]).filter { _ in chance(density) }
    // Of the kinds of a command the last one counts: any of them should be.
    fields.shuffle(using: &random)
    // The first field of most requests is the namespace; it is taken from the end.
    if depth == 1, chance(85) { fields = fields.filter { $0 != 1 } + [1] }
    // What does not fit a message is left out of it.
    try? message.decodeMessage(decoder: &self)
    depth -= 1
    fields = outer
  }

  private mutating func made<M: Message>(_ type: M.Type) -> M {
    var message = M()
    if chance(75), let sensible = sensible(like: message) as? M { return sensible }
    fill(&message)
    guard var command = message as? Command, chance(95) else { return message }
    command.commandType = command.attributes?.matchingType ?? .completeWorkflowExecution
    return command as? M ?? message
  }

  /// What gets past the checks that a message of a type meets everywhere, so that others are met as well.
  private mutating func sensible(like message: any Message) -> (any Message)? {
    switch message {
    case is WorkflowExecutionMessage:
      return WorkflowExecutionMessage.with {
        $0.workflowID = choose(Self.workflowIDs)
        if chance(20) { $0.runID = choose(names) }
      }
    case is Google_Protobuf_Duration: return Google_Protobuf_Duration(seconds: choose([0, 1, 5, 60, 3_600]))
    case is TaskQueueMessage: return TaskQueueMessage.with { $0.name = choose(["queue", "queue", "other"]) }
    case is SearchAttributes, is RetryPolicyMessage, is Temporal_Api_Common_V1_Priority,
      is Temporal_Api_Schedule_V1_StructuredCalendarSpec, is Temporal_Api_Schedule_V1_CalendarSpec:
      return type(of: message).init()
    case is Link:
      return Link.with {
        $0.workflow.namespace = "default"
        $0.workflow.workflowID = "w0"
        $0.workflow.runID = choose(names)
      }
    case is Google_Protobuf_FieldMask:
      return Google_Protobuf_FieldMask.with {
        $0.paths = [choose(["priority", "priority.priority_key", "time_skipping_config", "versioning_override"])]
      }
    case is Temporal_Api_Deployment_V1_WorkerDeploymentVersion:
      return VersionKey(deployment: "deployment", buildID: choose(["1", "2"])).message
    case is Temporal_Api_Deployment_V1_WorkerDeploymentOptions:
      return chance(50)
        ? VersionKey(deployment: "deployment", buildID: choose(["1", "2"])).workerOptions
        : Temporal_Api_Deployment_V1_WorkerDeploymentOptions()
    case is Google_Protobuf_Any: return try? Google_Protobuf_Any(message: updateMessage())
    default: return nil
    }
  }

  static let workflowIDs = ["w0", "w1", "w2"]

  private mutating func updateMessage() -> any Message {
    switch below(4) {
    case 0: made(Temporal_Api_Update_V1_Acceptance.self)
    case 1: made(Temporal_Api_Update_V1_Response.self)
    case 2: made(Temporal_Api_Update_V1_Rejection.self)
    default: made(Temporal_Api_Update_V1_Request.self)
    }
  }

  mutating func text() -> String {
    if depth == 1, isFirst || chance(20) { return "default" }
    switch below(10) {
    case 0..<5: return choose(Self.workflowIDs + ["queue", "sticky", "u0", "a0", "t0", "Type", "deployment", "1"])
    case 5 where !names.isEmpty: return choose(names)
    case 6: return choose(Self.strangeTexts)
    case 7: return choose(["", "default", "default", "temporal-system", "nowhere"])
    case 8: return String(repeating: choose(["x", "é", "("]), count: choose([1, 255, 1_000, 1_001, 70_000]))
    default: return random.uuid()
    }
  }

  private static let strangeTexts = [
    "\u{0}", "👩‍👩‍👧", "..", "-1", "*", "json/plain", "binary/null", "null", "[]", "{}", "[1,\"x\"]", "2026-01-01T00:00:00Z",
    "9999999999999999999-01-01T00:00:00Z", "99999999999999999999", "1e999", "1s", "-9223372036854775808ns",
    "* * * * *", "0 0 30 2 *", "@every 1s", "@every 9223372036854775807h", "CRON_TZ=Europe/Berlin 59 23 31 12 6",
    "0-59/0 * * * *", "*/9223372036854775807 * * * *", "America/New_York", "Nowhere/City", "deployment.build",
    "deployment:build",
    "WorkflowId = 'w0'", "WorkflowId BETWEEN 'a' AND 'z' ORDER BY StartTime DESC", "CloseTime IS NULL OR StartTime > 0",
    "HistoryLength > 99999999999999999999", "ExecutionTime < '1e400'", "((((((((((((", "NOT NOT NOT NOT",
    "GROUP BY ExecutionStatus",
    "WorkflowType STARTS_WITH 'T' AND NOT (RunId = 'x')", "`x` = 'unclosed", "ExecutionDuration > '1h'",
    "TemporalScheduledById = 'x'",
    "w1|x|1|1|1|1", "Keyword", "temporal-sys-x",
  ]

  mutating func bytes() -> Data {
    var bytes =
      switch below(8) {
      case 0..<4 where !tokens.isEmpty: choose(tokens)
      case 5: Data(text().utf8)
      case 6: Data((0..<below(40)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
      default: Data("\"x\"".utf8)
      }
    if chance(10), !bytes.isEmpty {
      bytes[bytes.startIndex + below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
    }
    return bytes
  }

  mutating func number<Number: FixedWidthInteger>() -> Number {
    switch below(10) {
    case 0..<7: Number(below(12))
    case 7: choose([Number.max, .min, .max - 1, .min + 1])
    case 8: Number(truncatingIfNeeded: -below(5))
    default: Number(truncatingIfNeeded: random.next())
    }
  }

  mutating func real<Number: BinaryFloatingPoint>() -> Number {
    choose([0, 1, 2, 0.5, -1, .infinity, -.infinity, .nan, .greatestFiniteMagnitude, .leastNonzeroMagnitude])
  }

  private mutating func option<E: Enum>(_: E.Type) -> E where E.RawValue == Int {
    E(rawValue: chance(95) ? below(8) : Int(number() as Int32)) ?? E()
  }

  /// Some values, few or, rarely, many.
  private mutating func some<Value>(_ make: (inout Self) -> Value) -> [Value] {
    (0..<choose([0, 1, 1, 2, 3, depth < 3 ? 40 : 1])).map { _ in make(&self) }
  }

  // MARK: The decoder

  mutating func handleConflictingOneOf() {}

  mutating func nextFieldNumber() -> Int? {
    isFirst = depth == 1 && fields.last == 1
    return fields.popLast()
  }

  mutating func decodeSingularFloatField(value: inout Float) { value = real() }
  mutating func decodeSingularFloatField(value: inout Float?) { value = real() }
  mutating func decodeRepeatedFloatField(value: inout [Float]) { value = some { $0.real() } }
  mutating func decodeSingularDoubleField(value: inout Double) { value = real() }
  mutating func decodeSingularDoubleField(value: inout Double?) { value = real() }
  mutating func decodeRepeatedDoubleField(value: inout [Double]) { value = some { $0.real() } }
  mutating func decodeSingularInt32Field(value: inout Int32) { value = number() }
  mutating func decodeSingularInt32Field(value: inout Int32?) { value = number() }
  mutating func decodeRepeatedInt32Field(value: inout [Int32]) { value = some { $0.number() } }
  mutating func decodeSingularInt64Field(value: inout Int64) { value = number() }
  mutating func decodeSingularInt64Field(value: inout Int64?) { value = number() }
  mutating func decodeRepeatedInt64Field(value: inout [Int64]) { value = some { $0.number() } }
  mutating func decodeSingularUInt32Field(value: inout UInt32) { value = number() }
  mutating func decodeSingularUInt32Field(value: inout UInt32?) { value = number() }
  mutating func decodeRepeatedUInt32Field(value: inout [UInt32]) { value = some { $0.number() } }
  mutating func decodeSingularUInt64Field(value: inout UInt64) { value = number() }
  mutating func decodeSingularUInt64Field(value: inout UInt64?) { value = number() }
  mutating func decodeRepeatedUInt64Field(value: inout [UInt64]) { value = some { $0.number() } }
  mutating func decodeSingularSInt32Field(value: inout Int32) { value = number() }
  mutating func decodeSingularSInt32Field(value: inout Int32?) { value = number() }
  mutating func decodeRepeatedSInt32Field(value: inout [Int32]) { value = some { $0.number() } }
  mutating func decodeSingularSInt64Field(value: inout Int64) { value = number() }
  mutating func decodeSingularSInt64Field(value: inout Int64?) { value = number() }
  mutating func decodeRepeatedSInt64Field(value: inout [Int64]) { value = some { $0.number() } }
  mutating func decodeSingularFixed32Field(value: inout UInt32) { value = number() }
  mutating func decodeSingularFixed32Field(value: inout UInt32?) { value = number() }
  mutating func decodeRepeatedFixed32Field(value: inout [UInt32]) { value = some { $0.number() } }
  mutating func decodeSingularFixed64Field(value: inout UInt64) { value = number() }
  mutating func decodeSingularFixed64Field(value: inout UInt64?) { value = number() }
  mutating func decodeRepeatedFixed64Field(value: inout [UInt64]) { value = some { $0.number() } }
  mutating func decodeSingularSFixed32Field(value: inout Int32) { value = number() }
  mutating func decodeSingularSFixed32Field(value: inout Int32?) { value = number() }
  mutating func decodeRepeatedSFixed32Field(value: inout [Int32]) { value = some { $0.number() } }
  mutating func decodeSingularSFixed64Field(value: inout Int64) { value = number() }
  mutating func decodeSingularSFixed64Field(value: inout Int64?) { value = number() }
  mutating func decodeRepeatedSFixed64Field(value: inout [Int64]) { value = some { $0.number() } }
  mutating func decodeSingularBoolField(value: inout Bool) { value = chance(50) }
  mutating func decodeSingularBoolField(value: inout Bool?) { value = chance(50) }
  mutating func decodeRepeatedBoolField(value: inout [Bool]) { value = some { $0.chance(50) } }
  mutating func decodeSingularStringField(value: inout String) { value = text() }
  mutating func decodeSingularStringField(value: inout String?) { value = text() }
  mutating func decodeRepeatedStringField(value: inout [String]) { value = some { $0.text() } }
  mutating func decodeSingularBytesField(value: inout Data) { value = bytes() }
  mutating func decodeSingularBytesField(value: inout Data?) { value = bytes() }
  mutating func decodeRepeatedBytesField(value: inout [Data]) { value = some { $0.bytes() } }
  mutating func decodeSingularEnumField<E: Enum>(value: inout E) where E.RawValue == Int { value = option(E.self) }
  mutating func decodeSingularEnumField<E: Enum>(value: inout E?) where E.RawValue == Int { value = option(E.self) }
  mutating func decodeRepeatedEnumField<E: Enum>(value: inout [E]) where E.RawValue == Int {
    value = some { $0.option(E.self) }
  }
  mutating func decodeSingularMessageField<M: Message>(value: inout M?) { value = made(M.self) }
  mutating func decodeRepeatedMessageField<M: Message>(value: inout [M]) { value = some { $0.made(M.self) } }
  mutating func decodeSingularGroupField<G: Message>(value: inout G?) {}
  mutating func decodeRepeatedGroupField<G: Message>(value: inout [G]) {}

  mutating func decodeMapField<KeyType, ValueType: MapValueType>(
    fieldType: _ProtobufMap<KeyType, ValueType>.Type, value: inout _ProtobufMap<KeyType, ValueType>.BaseType
  ) throws {
    for _ in 0..<below(4) {
      var (key, entry): (KeyType.BaseType?, ValueType.BaseType?)
      try KeyType.decodeSingular(value: &key, from: &self)
      try ValueType.decodeSingular(value: &entry, from: &self)
      if let key, let entry { value[key] = entry }
    }
  }

  mutating func decodeMapField<KeyType, ValueType>(
    fieldType: _ProtobufEnumMap<KeyType, ValueType>.Type, value: inout _ProtobufEnumMap<KeyType, ValueType>.BaseType
  ) throws where ValueType.RawValue == Int {
    for _ in 0..<below(4) {
      var key: KeyType.BaseType?
      try KeyType.decodeSingular(value: &key, from: &self)
      if let key { value[key] = option(ValueType.self) }
    }
  }

  mutating func decodeMapField<KeyType, ValueType>(
    fieldType: _ProtobufMessageMap<KeyType, ValueType>.Type,
    value: inout _ProtobufMessageMap<KeyType, ValueType>.BaseType
  ) throws {
    for _ in 0..<below(4) {
      var key: KeyType.BaseType?
      try KeyType.decodeSingular(value: &key, from: &self)
      if let key { value[key] = made(ValueType.self) }
    }
  }

  mutating func decodeExtensionField(
    values: inout ExtensionFieldValueSet, messageType: any Message.Type, fieldNumber: Int
  ) {}
}

extension Command.OneOf_Attributes {
  /// The type of the commands that have these attributes.
  fileprivate var matchingType: Temporal_Api_Enums_V1_CommandType {
    switch self {
    case .scheduleActivityTaskCommandAttributes: .scheduleActivityTask
    case .requestCancelActivityTaskCommandAttributes: .requestCancelActivityTask
    case .startTimerCommandAttributes: .startTimer
    case .cancelTimerCommandAttributes: .cancelTimer
    case .recordMarkerCommandAttributes: .recordMarker
    case .completeWorkflowExecutionCommandAttributes: .completeWorkflowExecution
    case .failWorkflowExecutionCommandAttributes: .failWorkflowExecution
    case .cancelWorkflowExecutionCommandAttributes: .cancelWorkflowExecution
    case .continueAsNewWorkflowExecutionCommandAttributes: .continueAsNewWorkflowExecution
    case .startChildWorkflowExecutionCommandAttributes: .startChildWorkflowExecution
    case .signalExternalWorkflowExecutionCommandAttributes: .signalExternalWorkflowExecution
    case .requestCancelExternalWorkflowExecutionCommandAttributes: .requestCancelExternalWorkflowExecution
    case .upsertWorkflowSearchAttributesCommandAttributes: .upsertWorkflowSearchAttributes
    case .modifyWorkflowPropertiesCommandAttributes: .modifyWorkflowProperties
    case .protocolMessageCommandAttributes: .protocolMessage
    case .scheduleNexusOperationCommandAttributes: .scheduleNexusOperation
    case .requestCancelNexusOperationCommandAttributes: .requestCancelNexusOperation
    }
  }
}
