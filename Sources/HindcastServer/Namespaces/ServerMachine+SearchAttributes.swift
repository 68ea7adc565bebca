internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalServiceAPI

// The custom search attributes of namespaces (`server.md` 14.3).

extension ServerMachine {
  static var searchAttributeRoutes: [Route] {
    [
      .prompt(OperatorService.addSearchAttributes) { (machine, request, turn) throws(ServiceError) in
        try machine.addSearchAttributes(request, &turn)
      },
      .prompt(OperatorService.listSearchAttributes) { (machine, request, _) throws(ServiceError) in
        let record = try machine.namespace(ofAttributes: request.namespace)
        return .with {
          $0.customAttributes = record.searchAttributes.compactMapValues { IndexedValueType(rawValue: Int($0)) }
          $0.systemAttributes = SystemSearchAttributes.all
        }
      },
      .prompt(OperatorService.removeSearchAttributes) { (machine, request, turn) throws(ServiceError) in
        try machine.removeSearchAttributes(request, &turn)
      },
      .prompt(WorkflowService.getSearchAttributes) { (machine, _, _) throws(ServiceError) in
        .with {
          $0.keys = SystemSearchAttributes.all
          for type in NamespaceRecord.attributeTypes {
            for number in 1...type.capacity { $0.keys[type.field(number)] = type }
          }
        }
      },
    ]
  }

  private func namespace(ofAttributes name: String) throws(ServiceError) -> NamespaceRecord {
    if name.isEmpty { throw .invalidArgument("Namespace is not set on request.") }
    guard let record = namespaces[name] else { throw .namespaceNotFound(name) }
    return record
  }

  private mutating func addSearchAttributes(
    _ request: Temporal_Api_Operatorservice_V1_AddSearchAttributesRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Operatorservice_V1_AddSearchAttributesResponse {
    if request.searchAttributes.isEmpty { throw .invalidArgument("SearchAttributes are not set on request.") }
    var record = try namespace(ofAttributes: request.namespace)
    for (name, type) in request.searchAttributes.sorted(by: { $0.key < $1.key }) {
      if SystemSearchAttributes.isReserved(name) {
        throw .invalidArgument("Search attribute \(name) is reserved by system.")
      }
      if case .UNRECOGNIZED(let number) = type {
        throw .invalidArgument("Unknown search attribute type: \(number).")
      }
      // One that exists stays as it is, whatever its type.
      if record.searchAttributes[name] != nil { continue }
      guard
        let field = (1..<type.capacity + 1).lazy.map(type.field).first(where: {
          record.searchAttributeAliases[$0] == nil
        })
      else {
        throw .invalidArgument(
          "Unable to create search attributes: cannot have more than \(type.capacity) search attribute of type "
            + "\(type.serverName).")
      }
      record.searchAttributes[name] = Int32(type.rawValue)
      record.searchAttributeAliases[field] = name
    }
    save(record, &turn)
    return .init()
  }

  private mutating func removeSearchAttributes(
    _ request: Temporal_Api_Operatorservice_V1_RemoveSearchAttributesRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Operatorservice_V1_RemoveSearchAttributesResponse {
    if request.searchAttributes.isEmpty { throw .invalidArgument("SearchAttributes are not set on request.") }
    var record = try namespace(ofAttributes: request.namespace)
    for name in request.searchAttributes {
      if SystemSearchAttributes.type(of: name) != nil {
        throw .invalidArgument("Unable to remove non-custom search attributes: \(name).")
      }
      record.searchAttributes[name] = nil
      record.searchAttributeAliases = record.searchAttributeAliases.filter { $0.value != name }
    }
    save(record, &turn)
    return .init()
  }
}

extension NamespaceRecord {
  /// The types that custom attributes can have.
  static let attributeTypes: [IndexedValueType] = [.text, .keyword, .int, .double, .bool, .datetime, .keywordList]
}

extension IndexedValueType {
  /// How many custom attributes of the type a namespace may have.
  var capacity: Int {
    switch self {
    case .keyword: 10
    case .text, .int, .double, .bool, .datetime, .keywordList: 3
    default: 0
    }
  }

  /// The column of the real server's store that an attribute of the type has; descriptions of namespaces show it.
  func field(_ number: Int) -> String { serverName + (number < 10 ? "0" : "") + "\(number)" }
}

extension SystemSearchAttributes {
  /// All attributes that every namespace has.
  static let all = fields.merging(settable) { first, _ in first }.merging(kept) { first, _ in first }

  /// Whether a custom attribute cannot have a name.
  static func isReserved(_ name: String) -> Bool {
    type(of: name) != nil || name.hasPrefix("Temporal")
      || ["NamespaceId", "MemoEncoding", "Memo", "VisibilityTaskKey"].contains(name)
  }
}
