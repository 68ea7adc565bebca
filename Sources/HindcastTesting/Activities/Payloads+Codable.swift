internal import HindcastHistory
internal import HindcastSwift
internal import SwiftProtobuf
internal import TemporalAPI

// Values of a test as payloads, and back.

func encode(_ value: some Encodable) throws -> Payloads {
  do {
    return try PayloadConverter.payloads(value)
  } catch {
    throw TestEnvironmentError.payload("\(type(of: value)) cannot be encoded: \(error)")
  }
}

func decode<Value: Decodable>(_ type: Value.Type, from payloads: Payloads?) throws -> Value {
  do {
    return try PayloadConverter.decode(type, from: payloads)
  } catch {
    throw TestEnvironmentError.payload("\(Value.self) cannot be read: \(error)")
  }
}
