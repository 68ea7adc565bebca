import Foundation
import HindcastTestSupport
import XCTest

@testable import HindcastRegistry

final class FindAppTests: XCTestCase {
  func testFindsTheNearestDirectoryWithEntries() throws {
    let root = try TemporaryFolder()
    let entries = "namespace: a\nentries: []"
    let single = #"{"namespace": "a", "name": "n", "kind": "k"}"#
    try root.write(index(clientAndWorker), to: "suite/_index.yaml")
    try root.write(#"{"events": []}"#, to: "suite/happy.json")
    try root.write(#"{"events": []}"#, to: "suite/deep/down/old.json")
    try root.write("happy.json: passed", to: "suite/deep/other.yaml")
    try root.write(single, to: "json/entry.json")
    try root.write("namespace: a\nentries: [", to: "broken/_index.yaml")
    try root.write("directories: {src: ./src}", to: "project/wippy.lock")
    try root.write(index(clientAndWorker), to: "project/src/flows/_index.yaml")
    try root.write(#"{"events": []}"#, to: "project/src/flows/h.json")
    try root.write(index(clientAndWorker), to: "project/tests/_index.yaml")
    try root.write(entries, to: "empty/_index.yaml")
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
    let root = try TemporaryFolder()
    try root.write("title: x", to: "a/notes.yaml")
    try root.write(#"{"events": []}"#, to: "a/h.json")
    if let found = Registry.findApp(near: root.path + "/a/h.json") {
      XCTAssertFalse(found.hasPrefix(root.path), found)
    }
  }
}
