import Foundation
import HindcastCore
import HindcastHistory
import SwiftProtobuf
import TemporalAPI

/// The fields in which two commands of one kind differ.
enum CommandDifferences {
  /// More would hide the first ones.
  private static let limit = 8

  /// The differences in the order of the fields' names; nothing where a command cannot be written as JSON.
  static func between(_ before: Command, _ after: Command) -> [FieldDifference] {
    let (left, right) = (fields(of: before), fields(of: after))
    let names = Set(left.keys).union(right.keys).sorted()
    let differing = names.filter { left[$0] != right[$0] }
    return differing.prefix(limit).map {
      FieldDifference(field: $0, expected: left[$0] ?? "(none)", actual: right[$0] ?? "(none)")
    }
  }

  private static func fields(of command: Command) -> [String: String] {
    var fields: [String: String] = [:]
    if let text = try? command.jsonUTF8Data(), let object = try? JSONSerialization.jsonObject(with: text) {
      collect(object, at: "", into: &fields)
    }
    return fields
  }

  private static func collect(_ value: Any, at path: String, into fields: inout [String: String]) {
    switch value {
    case let object as [String: Any]:
      if let text = payloadText(object) {
        fields[path] = text
        return
      }
      for (key, value) in object {
        // The attributes are the command's only member beside its type, and `payloads` the only one of its message.
        let isWrapper = path.isEmpty && key.hasSuffix("Attributes") || key == "payloads"
        collect(value, at: isWrapper ? path : path.isEmpty ? key : "\(path).\(key)", into: &fields)
      }
    case let list as [Any]:
      for (index, value) in list.enumerated() { collect(value, at: "\(path)[\(index)]", into: &fields) }
    default:
      fields[path] = "\(value)"
    }
  }

  /// The content of a payload, which as JSON is a mapping of encoded bytes.
  private static func payloadText(_ object: [String: Any]) -> String? {
    guard object["metadata"] is [String: Any], let text = try? JSONSerialization.data(withJSONObject: object),
      let payload = try? Payload(jsonUTF8Data: text)
    else { return nil }
    return payload.summary()
  }
}
