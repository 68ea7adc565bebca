internal import Foundation
internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What may be in search attributes, wherever they come from (`server.md` 9, 14.3, 17).

extension ServerMachine {
  /// Search attributes as events show them: every value says its type.
  ///
  /// - Throws: INVALID_ARGUMENT for names that are unknown or not to be set, and for values of a wrong type or size.
  func typed(
    _ attributes: SearchAttributes, in namespace: String
  ) throws(ServiceError) -> SearchAttributes {
    let typed = try attributes.typed(namespaces[namespace]?.searchAttributes ?? [:], of: namespace, limits)
    if let fault = attributes.sizeFault(limits) { throw .invalidArgument(fault) }
    return typed
  }
}

extension SearchAttributes {
  /// As ``ServerMachine/typed(_:in:)``, with the namespace's own attributes given and without a look at sizes.
  ///
  /// - Parameter registered: `IndexedValueType`s by name.
  func typed(
    _ registered: [String: Int32], of namespace: String, _ limits: Limits
  ) throws(ServiceError) -> SearchAttributes {
    try checkKnown(registered, of: namespace)
    let names = indexedFields.keys.sorted()
    if names.count > limits.searchAttributeKeys {
      throw .invalidArgument("number of search attributes \(names.count) exceeds limit \(limits.searchAttributeKeys)")
    }
    var typed = self
    for name in names {
      guard let type = SystemSearchAttributes.settable[name] ?? Self.customType(name, registered) else {
        throw .invalidArgument("\(name) attribute can't be set in SearchAttributes")
      }
      guard let payload = indexedFields[name] else { continue }
      guard payload.isValue(of: type) else {
        throw .invalidArgument(
          "invalid value for search attribute \(name) of type \(type.serverName): \(payload.goDescription)")
      }
      if payload.metadata["type"] == nil {
        typed.indexedFields[name]?.metadata["type"] = Data(type.serverName.utf8)
      }
    }
    return typed
  }

  /// - Throws: INVALID_ARGUMENT for a name that neither the server nor the namespace knows.
  func checkKnown(_ registered: [String: Int32], of namespace: String) throws(ServiceError) {
    let unknown = indexedFields.keys.filter {
      SystemSearchAttributes.type(of: $0) == nil && Self.customType($0, registered) == nil
    }
    guard let name = unknown.min() else { return }
    throw .invalidArgument("Namespace \(namespace) has no mapping defined for search attribute \(name)")
  }

  private static func customType(_ name: String, _ registered: [String: Int32]) -> IndexedValueType? {
    registered[name].flatMap { IndexedValueType(rawValue: Int($0)) }
  }

  /// What is too large; `nil` when nothing is.
  func sizeFault(_ limits: Limits) -> String? {
    for (name, payload) in indexedFields.sorted(by: { $0.key < $1.key })
    where payload.data.count > limits.searchAttributeValueBytes {
      return
        "search attribute \(name) value size \(payload.data.count) exceeds size limit \(limits.searchAttributeValueBytes)"
    }
    let bytes = storedByteCount
    return bytes > limits.searchAttributeBytes
      ? "total size of search attributes \(bytes) exceeds size limit \(limits.searchAttributeBytes)" : nil
  }
}

extension SearchAttributes {
  /// The bytes under the names that the server's database has for a namespace's own attributes: `Keyword01` and the like.
  private var storedByteCount: Int {
    var stored = SearchAttributes()
    for (index, (name, payload)) in indexedFields.sorted(by: { $0.key < $1.key }).enumerated() {
      let type = payload.metadata["type"].map { String(decoding: $0, as: UTF8.self) }
      guard SystemSearchAttributes.type(of: name) == nil, let type else {
        stored.indexedFields[name] = payload
        continue
      }
      let number = index % 90 + 10
      stored.indexedFields["\(type)\(number)"] = payload
    }
    return stored.byteCount
  }
}

extension Payload {
  /// Whether a search attribute of a type may have this value: one of the type, a list of one, or none.
  fileprivate func isValue(of type: IndexedValueType) -> Bool {
    if isNull { return true }
    guard let jsonValue else { return false }
    guard case .list(let values) = jsonValue else { return jsonValue.isValue(of: type) }
    if type == .keywordList { return values.allSatisfy { $0.isValue(of: .keyword) } }
    return values.count == 1 && values[0].isValue(of: type)
  }

  /// The value as messages show it.
  fileprivate var goDescription: String { jsonValue?.goDescription ?? "value from <\(self)>" }
}

extension JSONValue {
  fileprivate func isValue(of type: IndexedValueType) -> Bool {
    switch (type, self) {
    case (_, .null), (.text, .text), (.keyword, .text), (.keywordList, .text), (.bool, .bool), (.double, .number): true
    case (.int, .number(let value)): value == value.rounded() && abs(value) < 0x1p63
    case (.datetime, .text(let text)): (try? Google_Protobuf_Timestamp(jsonString: "\"\(text)\"")) != nil
    default: false
    }
  }
}
