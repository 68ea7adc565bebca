import Foundation
import XCTest

@testable import HindcastRegistry

final class FindAppTests: XCTestCase {
  func testFindsTheNearestDirectoryWithEntries() throws {
    let root = try TemporaryDirectory()
    let entries = "namespace: a\nentries: []"
    let single = #"{"namespace": "a", "name": "n", "kind": "k"}"#
    try root.write("suite/_index.yaml", index(clientAndWorker))
    try root.write("suite/happy.json", #"{"events": []}"#)
    try root.write("suite/deep/down/old.json", #"{"events": []}"#)
    try root.write("suite/deep/other.yaml", "happy.json: passed")
    try root.write("json/entry.json", single)
    try root.write("broken/_index.yaml", "namespace: a\nentries: [")
    try root.write("project/wippy.lock", "directories: {src: ./src}")
    try root.write("project/src/flows/_index.yaml", index(clientAndWorker))
    try root.write("project/src/flows/h.json", #"{"events": []}"#)
    try root.write("project/tests/_index.yaml", index(clientAndWorker))
    try root.write("empty/_index.yaml", entries)
    let table: [(path: String, app: String)] = [
      ("suite", "suite"), ("suite/happy.json", "suite"), ("suite/deep/down/old.json", "suite"),
      ("suite/deep/down/not-there.json", "suite"), ("suite/./deep/../happy.json", "suite"),
      ("json/x.json", "json"), ("broken/h.json", "broken"),
      ("project/src/flows/h.json", "project"), ("project/h.json", "project"),
      ("project/tests/h.json", "project/tests"),
    ]
    for (path, app) in table {
      XCTAssertEqual(Registry.findApp(near: root.path + "/" + path), root.path + "/" + app, path)
    }
  }

  func testNamesDirectoriesBelowTheCurrentOneAsTheUserWould() {
    let table: [(path: String, current: String, shortened: String)] = [
      ("/a/b", "/a/b", "."), ("/a/b/c/d", "/a/b", "c/d"), ("/a/bc", "/a/b", "/a/bc"), ("/a", "/a/b", "/a"),
      ("/a/b", "/", "a/b"), ("/", "/", "."),
    ]
    for (path, current, shortened) in table {
      XCTAssertEqual(Path.shortened(path, from: current), shortened, path)
    }
  }

  func testCleansPaths() {
    let table: [(path: String, cleaned: String)] = [
      ("a/./b//c", "a/b/c"), ("a/../b", "b"), ("../a", "../a"), ("a/../../b", "../b"), ("/../a", "/a"), ("/a/..", "/"),
      (".", ""), ("../..", "../.."), ("./a/", "a"),
    ]
    for (path, cleaned) in table { XCTAssertEqual(Path.clean(path), cleaned, path) }
  }

  func testFindsNothingWhereNothingIs() throws {
    let root = try TemporaryDirectory()
    try root.write("a/notes.yaml", "title: x")
    try root.write("a/h.json", #"{"events": []}"#)
    if let found = Registry.findApp(near: root.path + "/a/h.json") {
      XCTAssertFalse(found.hasPrefix(root.path), found)
    }
  }
}
