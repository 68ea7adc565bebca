import Foundation
import HindcastTestKit
import Synchronization
import XCTest

@testable import HindcastTestKit

/// Gathers the issues that would have failed a test.
func issues(_ body: () async throws -> Void) async rethrows -> [TestIssue] {
  let issues = IssueList()
  try await TestIssue.$listener.withValue({ issues.add($0) }) { try await body() }
  return issues.all
}

private final class IssueList: Sendable {
  private let list = Mutex<[TestIssue]>([])

  var all: [TestIssue] { list.withLock(\.self) }

  func add(_ issue: TestIssue) { list.withLock { $0.append(issue) } }
}

extension XCTestCase {
  /// A folder that is gone after the test.
  func temporaryFolder() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hindcast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    addTeardownBlock { try? FileManager.default.removeItem(at: folder) }
    return folder.path
  }
}
