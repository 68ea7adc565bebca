internal import Foundation
internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Nexus endpoints: names under which workflows call operations (`server.md` 15).

typealias NexusEndpoint = Temporal_Api_Nexus_V1_Endpoint
typealias NexusEndpointSpec = Temporal_Api_Nexus_V1_EndpointSpec

extension ServerMachine {
  static var nexusEndpointRoutes: [Route] {
    [
      .prompt(OperatorService.createNexusEndpoint) { (machine, request, turn) throws(ServiceError) in
        let endpoint = try machine.createEndpoint(request.spec, &turn)
        return .with { $0.endpoint = endpoint }
      },
      .prompt(OperatorService.getNexusEndpoint) { (machine, request, _) throws(ServiceError) in
        let endpoint = try machine.endpoint(id: request.id)
        return .with { $0.endpoint = endpoint }
      },
      .prompt(OperatorService.listNexusEndpoints) { (machine, request, _) throws(ServiceError) in
        try machine.listEndpoints(request)
      },
      .prompt(OperatorService.updateNexusEndpoint) { (machine, request, turn) throws(ServiceError) in
        let endpoint = try machine.updateEndpoint(request, &turn)
        return .with { $0.endpoint = endpoint }
      },
      .prompt(OperatorService.deleteNexusEndpoint) { (machine, request, turn) throws(ServiceError) in
        try machine.deleteEndpoint(request, &turn)
        return .init()
      },
    ]
  }

  private mutating func createEndpoint(
    _ spec: NexusEndpointSpec, _ turn: inout Turn
  ) throws(ServiceError) -> NexusEndpoint {
    try check(spec)
    if nexusEndpoints[spec.name] != nil {
      throw ServiceError(
        .alreadyExists, "error creating Nexus endpoint. Endpoint with name \(spec.name) already registered")
    }
    let endpoint = NexusEndpoint.with {
      $0.version = 1
      $0.id = ids.uuid()
      $0.spec = spec
      $0.createdTime = turn.now.nanoseconds.timestamp
      $0.urlPrefix = "/nexus/endpoints/\($0.id)/services"
    }
    save(endpoint, &turn)
    return endpoint
  }

  private func endpoint(id: String) throws(ServiceError) -> NexusEndpoint {
    try refuse(endpointIDIssues(id))
    guard let record = endpoint(withID: id) else {
      throw .notFound("Nexus endpoint with ID `\(id)` not found")
    }
    return record.endpoint
  }

  private func listEndpoints(
    _ request: Temporal_Api_Operatorservice_V1_ListNexusEndpointsRequest
  ) throws(ServiceError) -> Temporal_Api_Operatorservice_V1_ListNexusEndpointsResponse {
    if !request.name.isEmpty {
      return .with { $0.endpoints = [nexusEndpoints[request.name]?.endpoint].compactMap { $0 } }
    }
    if request.pageSize < 0 { throw .invalidArgument("page_size is negative") }
    if request.pageSize > limits.nexusEndpointPageSize {
      throw .invalidArgument("page_size exceeds limit of \(limits.nexusEndpointPageSize)")
    }
    // Pages go by id, as the real server's do; a token is the last id of the page before.
    let last = String(decoding: request.nextPageToken, as: UTF8.self)
    let endpoints = nexusEndpoints.values.map(\.endpoint).sorted { $0.id < $1.id }.filter { $0.id > last }
    let size = request.pageSize == 0 ? 100 : Int(request.pageSize)
    return .with {
      $0.endpoints = Array(endpoints.prefix(size))
      if endpoints.count > size, let last = $0.endpoints.last { $0.nextPageToken = Data(last.id.utf8) }
    }
  }

  private mutating func updateEndpoint(
    _ request: Temporal_Api_Operatorservice_V1_UpdateNexusEndpointRequest, _ turn: inout Turn
  ) throws(ServiceError) -> NexusEndpoint {
    try check(request.spec)
    guard var endpoint = endpoint(withID: request.id)?.endpoint else {
      throw .notFound("error updating Nexus endpoint. endpoint ID \(request.id) not found")
    }
    if endpoint.version != request.version {
      throw .failedPrecondition(
        "nexus endpoint version mismatch. received: \(request.version) expected \(endpoint.version)")
    }
    if endpoint.spec.name != request.spec.name {
      if nexusEndpoints[request.spec.name] != nil {
        throw ServiceError(
          .alreadyExists,
          "error updating Nexus endpoint. Endpoint with name \(request.spec.name) already registered")
      }
      nexusEndpoints[endpoint.spec.name] = nil
    }
    endpoint.version += 1
    endpoint.spec = request.spec
    endpoint.lastModifiedTime = turn.now.nanoseconds.timestamp
    save(endpoint, &turn)
    return endpoint
  }

  private mutating func deleteEndpoint(
    _ request: Temporal_Api_Operatorservice_V1_DeleteNexusEndpointRequest, _ turn: inout Turn
  ) throws(ServiceError) {
    var issues = endpointIDIssues(request.id)
    if request.version <= 0 { issues.append("endpoint version is non-positive") }
    try refuse(issues)
    guard let record = endpoint(withID: request.id) else {
      throw .notFound("error deleting nexus endpoint with ID: \(request.id)")
    }
    nexusEndpoints[record.endpoint.spec.name] = nil
    turn.save(.nexusEndpoint, owner: "", key: request.id, nil)
  }

  private mutating func save(_ endpoint: NexusEndpoint, _ turn: inout Turn) {
    let record = NexusEndpointRecord.with { $0.endpoint = endpoint }
    nexusEndpoints[endpoint.spec.name] = record
    turn.save(.nexusEndpoint, owner: "", key: endpoint.id, record)
  }

  /// The endpoint with an id; there are few.
  func endpoint(withID id: String) -> NexusEndpointRecord? {
    nexusEndpoints.values.first { $0.endpoint.id == id }
  }

  // MARK: Checks

  /// The server tells everything that is wrong at once, except for an unknown namespace.
  private func check(_ spec: NexusEndpointSpec) throws(ServiceError) {
    var issues: [String] = []
    if spec.name.isEmpty {
      issues.append("endpoint name not set")
    } else {
      if spec.name.utf8.count > limits.nexusEndpointNameBytes {
        issues.append("endpoint name exceeds length limit of \(limits.nexusEndpointNameBytes)")
      }
      if !spec.name.isEndpointName {
        issues.append(#"endpoint name must match the regex: "^[a-zA-Z][a-zA-Z0-9\\-]*[a-zA-Z0-9]$""#)
      }
    }
    switch spec.target.variant {
    case .worker(let worker)?:
      if worker.namespace.isEmpty {
        issues.append("target namespace not set")
      } else if namespaces[worker.namespace] == nil {
        throw .failedPrecondition(
          "could not verify namespace referenced by target exists: Namespace \(worker.namespace) is not found.")
      }
      if worker.taskQueue.isEmpty {
        issues.append(#"invalid target task queue: "taskQueue is not set""#)
      } else if worker.taskQueue.utf8.count > limits.idBytes {
        issues.append(#"invalid target task queue: "taskQueue length exceeds limit""#)
      }
    case .external(let external)?:
      let scheme = external.url.prefix { $0 != ":" }.lowercased()
      if external.url.isEmpty {
        issues.append("empty target URL")
      } else if external.url.utf8.count > limits.nexusEndpointURLBytes {
        issues.append("target URL length exceeds limit of \(limits.nexusEndpointURLBytes)")
      } else if scheme != "http", scheme != "https" {
        issues.append("invalid target URL scheme: \"\(scheme)\", expected http or https")
      }
    case nil:
      issues.append("empty target variant")
      try refuse(issues)
    }
    if spec.description_p.byteCount > limits.nexusEndpointDescriptionBytes {
      issues.append("description size exceeds limit of \(limits.nexusEndpointDescriptionBytes)")
    }
    try refuse(issues)
  }

  private func endpointIDIssues(_ id: String) -> [String] {
    if id.isEmpty { return ["endpoint ID not set"] }
    if id.isUUID { return [] }
    return [
      id.utf8.count == 36
        ? #"malformed endpoint ID: "invalid UUID format""#
        : #"malformed endpoint ID: "invalid UUID length: \#(id.utf8.count)""#
    ]
  }

  private func refuse(_ issues: [String]) throws(ServiceError) {
    if !issues.isEmpty { throw .invalidArgument(issues.joined(separator: ", ")) }
  }
}

extension String {
  /// Letters, digits and dashes; a letter first, no dash last, two at least.
  fileprivate var isEndpointName: Bool {
    let bytes = Array(utf8)
    func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
    func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || (48...57).contains(byte) }
    guard bytes.count >= 2, let first = bytes.first, let last = bytes.last else { return false }
    return isLetter(first) && isAlphanumeric(last)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
  }
}
