internal import Foundation
internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI

/// Search attributes that the server sets itself.
enum SystemAttribute {
  static let reportedProblems = "TemporalReportedProblems"
  static let buildIDs = "BuildIds"
  static let deployment = "TemporalWorkerDeployment"
  static let deploymentVersion = "TemporalWorkerDeploymentVersion"
  static let usedDeploymentVersions = "TemporalUsedWorkerDeploymentVersions"
  static let versioningBehavior = "TemporalWorkflowVersioningBehavior"
}

extension Payload {
  /// A search attribute of the type Keyword.
  static func keyword(_ text: String) -> Self {
    var payload = Payload(text: text)
    payload.metadata["type"] = Data("Keyword".utf8)
    return payload
  }

  /// A search attribute of the type KeywordList.
  static func keywords(_ words: [String]) -> Self {
    let quoted = words.map { String(decoding: Payload(text: $0).data, as: UTF8.self) }
    var payload = Payload()
    payload.metadata["encoding"] = Data("json/plain".utf8)
    payload.data = Data("[\(quoted.joined(separator: ","))]".utf8)
    payload.metadata["type"] = Data("KeywordList".utf8)
    return payload
  }
}
