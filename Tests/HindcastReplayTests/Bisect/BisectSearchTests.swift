import XCTest

@testable import hindcast

/// The search on graphs that no repository has to be made for.
final class BisectSearchTests: XCTestCase {
  /// Commits by the numbers of their parents; 0 is the good end, and the last commit is the bad one.
  private func graph(_ parents: [[Int]]) throws -> CommitGraph {
    let lines = parents.enumerated().map { number, parents in
      ([number + 1] + parents).map { "c\($0)" }.joined(separator: " ")
    }
    return try XCTUnwrap(CommitGraph(revList: lines.joined(separator: "\n"), good: "c0"))
  }

  /// Searches, with `judge` for git and replays; the good end is fine.
  private func search(
    _ graph: CommitGraph, _ judge: (Int) -> BisectSearch.Mark
  ) -> (end: BisectSearch.Step, tests: Int) {
    var search = BisectSearch(graph)
    var tests = 0
    while true {
      let step = search.next
      switch step {
      case .test(let commit):
        search.mark(commit, judge(commit))
        tests += 1
      case .testGood:
        search.confirmGood()
        tests += 1
      case .found, .ambiguous: return (step, tests)
      }
      XCTAssertLessThanOrEqual(tests, graph.commits.count + 1)
    }
  }

  func testAStraightLineTakesNoMoreTestsThanItsLengthAsks() throws {
    for length in 1...70 {
      let graph = try graph((0..<length).map { [$0] })
      // One outcome a commit, and that the good end is not good.
      let most = Int.bitWidth - length.leadingZeroBitCount
      for culprit in 0..<length {
        let (end, tests) = search(graph) { $0 >= culprit ? .bad : .good }
        XCTAssertEqual(end, .found(culprit), "\(culprit) of \(length)")
        XCTAssertLessThanOrEqual(tests, most, "\(culprit) of \(length)")
        XCTAssertLessThanOrEqual(BisectSearch(graph).stepsLeft, most)
      }
    }
  }

  func testEveryCommitOfABranchyHistoryIsFound() throws {
    var state: UInt64 = 7
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for round in 0..<40 {
      // Each commit has a parent among the last few, and now and then a second one; the last has all ends for parents.
      var parents: [[Int]] = []
      for number in 0..<30 {
        var own = [max(0, number - random(4))]
        if random(3) == 0 { own.append(max(0, number - random(6))) }
        parents.append(Array(Set(own)).sorted())
      }
      let inner = Set(parents.joined())
      parents.append((1...30).filter { !inner.contains($0) })
      let graph = try graph(parents)
      for culprit in graph.commits.indices {
        var isBad = graph.commits.map { _ in false }
        for commit in graph.commits.indices {
          isBad[commit] = commit == culprit || graph.commits[commit].parents.contains { isBad[$0] }
        }
        let (end, tests) = search(graph) { isBad[$0] ? .bad : .good }
        XCTAssertEqual(end, .found(culprit), "round \(round)")
        XCTAssertLessThanOrEqual(tests, 12, "round \(round)")
      }
    }
  }

  func testWhatCannotBeTestedIsGoneRound() throws {
    let graph = try graph((0..<40).map { [$0] })
    for culprit in 0..<40 {
      // The middle cannot be tested at all.
      let (end, _) = search(graph) { (15..<25).contains($0) ? .skipped : $0 >= culprit ? .bad : .good }
      switch culprit {
      case 15...25: XCTAssertEqual(end, .ambiguous(Array(15...25)), "\(culprit)")
      default: XCTAssertEqual(end, .found(culprit))
      }
    }
    let (nothing, tests) = search(graph) { _ in .skipped }
    XCTAssertEqual(nothing, .ambiguous(Array(0..<40)))
    XCTAssertEqual(tests, 39)
  }

  func testAListThatIsNoneIsRefused() {
    XCTAssertNil(CommitGraph(revList: "", good: "c0"))
    XCTAssertNil(CommitGraph(revList: "c1 c0\nc1 c0", good: "c0"))
  }

  func testALongHistoryIsQuick() throws {
    let graph = try graph((0..<20_000).map { [$0] })
    let (end, tests) = search(graph) { $0 >= 12_345 ? .bad : .good }
    XCTAssertEqual(end, .found(12_345))
    XCTAssertLessThanOrEqual(tests, 15)
  }

  func testRanges() {
    let cases: [(text: String, good: String?, bad: String?)] = [
      ("v1..v2", "v1", "v2"), ("main~3..", "main~3", "HEAD"), ("a/b..c^{commit}", "a/b", "c^{commit}"),
      ("a...b", nil, nil),
      ("a", nil, nil), ("..b", nil, nil), ("--all..b", nil, nil), ("a..-b", nil, nil), ("a..b..c", nil, nil),
      ("", nil, nil),
    ]
    for (text, good, bad) in cases {
      let range = CommitRange(argument: text)
      XCTAssertEqual(range?.good, good, text)
      XCTAssertEqual(range?.bad, bad, text)
    }
  }

  func testHunksAreCutByTheirCounts() {
    let diff = UnifiedDiff(
      """
      diff --git a/app/order.lua b/app/order.lua
      index 1..2 100644
      --- a/app/order.lua
      +++ b/app/order.lua
      @@ -1,3 +1,2 @@
       local a
      --- a comment
       local b
      @@ -50 +49,2 @@ local function main()
      -x
      +y
      +z
      \\ No newline at end of file
      diff --git a/app/new file.lua b/app/new file.lua
      new file mode 100644
      --- /dev/null
      +++ b/app/new file.lua
      @@ -0,0 +1 @@
      +return {}
      diff --git a/app/empty.lua b/app/empty.lua
      deleted file mode 100644
      """)
    XCTAssertEqual(diff.files.map(\.path), ["app/order.lua", "app/new file.lua", "app/empty.lua"])
    XCTAssertEqual(diff.files.map(\.change), [.modified, .added, .deleted])
    XCTAssertEqual(diff.files[0].hunks.map(\.lines.count), [3, 4])
    func shown(_ path: String?, _ line: Int) -> [Int] { diff.hunks(near: path, line: line).map(\.hunk.start) }
    XCTAssertEqual(shown("app/order.lua", 2), [1])
    XCTAssertEqual(shown("app/order.lua", 30), [49])
    XCTAssertEqual(shown("app/order.lua", 900), [49])
    XCTAssertEqual(shown("app/other.lua", 1), [1, 1])
    XCTAssertEqual(shown(nil, 1), [1, 1])
  }
}
