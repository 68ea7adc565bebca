import Foundation
import HindcastHistory
import HindcastReplay
import HindcastTestSupport
import XCTest

final class CorpusTests: XCTestCase {
  private func names(_ corpus: Corpus, in folder: TemporaryFolder) -> [String] {
    corpus.map { source in
      let name =
        source.name.hasPrefix(folder.path + "/") ? String(source.name.dropFirst(folder.path.count + 1)) : source.name
      return source.isExplicit ? name : "(\(name))"
    }
  }

  func testFoldersAreWalkedInOrder() throws {
    let folder = try TemporaryFolder()
    for name in [
      "b/2.json", "b/10.json", "b/_index.yaml", "b/expected.yaml", "b/notes.md", "b/_index.json", "a.json", "c.json.gz",
      "c/x/deep.binpb", "c/y.bin", "c/z.pb", "d.gz", ".hidden/a.json", ".a.json", "package.json", "code.lua",
    ] {
      try folder.write("", to: name)
    }
    XCTAssertEqual(
      names(Corpus([folder.path]), in: folder),
      ["(a.json)", "(b/10.json)", "(b/2.json)", "(c/x/deep.binpb)", "(c/y.bin)", "(c/z.pb)", "(c.json.gz)", "(d.gz)"]
        .sorted(by: Self.isWalkedFirst))
  }

  /// In a folder, names are compared whole, so `c` stands before `c.json.gz`.
  private static func isWalkedFirst(_ left: String, _ right: String) -> Bool {
    left.split(separator: "/").map(String.init).lexicographicallyPrecedes(right.split(separator: "/").map(String.init))
  }

  func testPathsKeepTheirOrderAndAnyFileMayBeNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "b/history.txt")
    try folder.write("", to: "a/1.json")
    XCTAssertEqual(
      names(Corpus([folder["b/history.txt"], folder["a"], "-"]), in: folder),
      ["b/history.txt", "(a/1.json)", "<stdin>"])
  }

  func testAPathThatLeadsNowhereIsASourceThatCannotBeRead() throws {
    let folder = try TemporaryFolder()
    let source = try XCTUnwrap(Corpus([folder["missing"]]).makeIterator().first)
    XCTAssertThrowsError(try source.read()) { error in
      XCTAssertEqual((error as? HistoryError)?.code, .unreadable)
      XCTAssertEqual("\(error)", "\(folder["missing"]): there is no such file or folder")
    }
  }

  func testLinksToFoldersAreNotFollowedButAtTheStart() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "real/a.json")
    try FileManager.default.createSymbolicLink(atPath: folder["real/loop"], withDestinationPath: folder.path)
    try FileManager.default.createSymbolicLink(
      atPath: folder["real/b.json"], withDestinationPath: folder["real/a.json"])
    try FileManager.default.createSymbolicLink(atPath: folder["link"], withDestinationPath: folder["real"])
    XCTAssertEqual(names(Corpus([folder["link"]]), in: folder), ["(link/a.json)", "(link/b.json)"])
  }

  func testShardsDealTheFilesOut() throws {
    let folder = try TemporaryFolder()
    for number in 0..<7 { try folder.write("", to: "\(number).json") }
    var all: [String] = []
    for (number, expected) in [(1, ["0", "3", "6"]), (2, ["1", "4"]), (3, ["2", "5"])] {
      let shard = try XCTUnwrap(Shard(number, of: 3))
      let part = names(Corpus([folder.path], shard: shard), in: folder)
      XCTAssertEqual(part, expected.map { "(\($0).json)" })
      all += part
    }
    XCTAssertEqual(all.sorted(), names(Corpus([folder.path]), in: folder))
  }

  func testStandardInputIsReadWhenItsTurnComes() throws {
    let json = try Samples.json()
    let source = try XCTUnwrap(Corpus(["-"], standardInput: { json }).makeIterator().first)
    XCTAssertEqual(try source.read().first?.origin.name, Corpus.standardInputName)
    XCTAssertThrowsError(try XCTUnwrap(Corpus(["-"]).makeIterator().first).read())
  }
}

extension CorpusIterator {
  fileprivate var first: HistorySource? {
    var copy = self
    return copy.next()
  }
}
