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
  private static let keywordMetadata = ["encoding": Data("json/plain".utf8), "type": Data("Keyword".utf8)]
  private static let keywordListMetadata = ["encoding": Data("json/plain".utf8), "type": Data("KeywordList".utf8)]

  /// A search attribute of the type Keyword.
  static func keyword(_ text: String) -> Self {
    .with {
      $0.metadata = keywordMetadata
      $0.data = text.json
    }
  }

  /// A search attribute of the type KeywordList.
  static func keywords(_ words: [String]) -> Self {
    var list = Data("[".utf8)
    for (position, word) in words.enumerated() {
      if position > 0 { list.append(UInt8(ascii: ",")) }
      list.append(word.json)
    }
    list.append(UInt8(ascii: "]"))
    return .with {
      $0.metadata = keywordListMetadata
      $0.data = list
    }
  }
}
