internal import HindcastRecords
internal import TemporalAPI
internal import TemporalServiceAPI

/// A search attribute that a query names.
struct SearchAttribute: Sendable, Equatable {
  /// As the query has it.
  var alias: String
  /// As the server has it.
  var name: String
  var type: IndexedValueType

  init(alias: String, name: String, type: IndexedValueType) {
    self.alias = alias
    self.name = name
    self.type = type
  }

  /// What the names of the server's own attributes begin with.
  private static let prefix = "Temporal"

  /// The attribute that a name means: a custom one, or one of the server's, whose `Temporal` may be left out or added.
  init(_ alias: String, in namespace: NamespaceRecord?) throws(QueryRefusal) {
    let shorter = alias.hasPrefix(Self.prefix) ? String(alias.dropFirst(Self.prefix.count)) : alias
    if let type = SystemSearchAttributes.type(of: alias) {
      self.init(alias: alias, name: alias, type: type)
    } else if let number = namespace?.searchAttributes[alias], let type = IndexedValueType(rawValue: Int(number)) {
      self.init(alias: alias, name: alias, type: type)
    } else if shorter == "ScheduleId" {
      self.init(alias: alias, name: "WorkflowId", type: .keyword)
    } else if let type = SystemSearchAttributes.type(of: Self.prefix + alias) {
      self.init(alias: alias, name: Self.prefix + alias, type: type)
    } else if let type = SystemSearchAttributes.type(of: shorter) {
      self.init(alias: alias, name: shorter, type: type)
    } else {
      throw QueryRefusal(message: "invalid search attribute: \(alias)")
    }
  }
}

extension WorkflowStatus {
  /// The status that a query names, in short or as the protocol spells it.
  init?(serverName: String) {
    for status in Self.allCases {
      let name = status.serverName
      let spelled = name.reduce(into: "WORKFLOW_EXECUTION_STATUS") { text, letter in
        if letter.isUppercase { text += "_" }
        text += letter.uppercased()
      }
      if serverName == name || serverName == spelled {
        self = status
        return
      }
    }
    return nil
  }
}
