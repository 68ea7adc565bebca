import HindcastCore
import XCTest

@testable import HindcastReplay

/// Which files are kept.
final class HistoryPruningTests: XCTestCase {
  private func candidate(
    _ file: String, _ events: Int, _ lines: String, _ protection: PruneCandidate.Protection? = nil,
    content: String = ""
  ) -> PruneCandidate {
    var candidate = PruneCandidate(
      file: file, events: events, features: Set(lines.map { CorpusFeature(.line, of: "app", "\($0)") }),
      protection: protection)
    candidate.content = Array(content.utf8)
    return candidate
  }

  func testWhatIsKept() {
    let cases: [(name: String, candidates: [PruneCandidate], decisions: [HistoryPruning.Decision])] = [
      (
        "the shorter of two", [candidate("a", 20, "xy"), candidate("b", 10, "xy")],
        [.within("b"), .kept([.line: 2])]
      ),
      ("the first of equals", [candidate("a", 10, "x"), candidate("b", 10, "x")], [.kept([.line: 1]), .within("a")]),
      (
        "the whole rather than its parts", [candidate("a", 9, "xyz"), candidate("b", 1, "x"), candidate("c", 1, "y")],
        [.kept([.line: 3]), .within("a"), .within("a")]
      ),
      (
        // The greedy choice is the longest, which the two others then make superfluous.
        "no file that the others replace",
        [candidate("a", 9, "bcde"), candidate("b", 5, "abc"), candidate("c", 5, "def")],
        [.covered, .kept([.line: 3]), .kept([.line: 3])]
      ),
      (
        "what is protected, and nothing that it shows",
        [candidate("a", 99, "xy", .expected), candidate("b", 1, "x"), candidate("c", 1, "z")],
        [.protected(.expected), .within("a"), .kept([.line: 1])]
      ),
      (
        "one of copies that do not pass",
        [
          candidate("a", 1, "x", .notPassed(.failed), content: "1"),
          candidate("b", 1, "x", .notPassed(.failed), content: "1"),
          candidate("c", 1, "x", .notPassed(.failed), content: "2"),
        ], [.protected(.notPassed(.failed)), .duplicate(of: "a"), .protected(.notPassed(.failed))]
      ),
      (
        "the copy that is named, all that are named",
        [
          candidate("a", 1, "x", .notPassed(.failed), content: "1"), candidate("b", 1, "x", .expected, content: "1"),
          candidate("c", 1, "x", .expected, content: "1"),
        ], [.duplicate(of: "c"), .protected(.expected), .protected(.expected)]
      ),
      ("something of a corpus that shows nothing", [candidate("a", 1, "")], [.covered]),
      ("nothing of nothing", [], []),
    ]
    for (name, candidates, decisions) in cases {
      XCTAssertEqual(HistoryPruning(candidates).decisions, decisions, name)
      XCTAssertEqual(HistoryPruning(candidates.reversed()).decisions, decisions, "\(name), in another order")
    }
  }

  func testNothingIsLostOfRandomCorpora() {
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<10 {
      let candidates = (0..<30).map { number in
        let features = (0..<random(20)).map { _ in CorpusFeature(.line, of: "app", "\(random(80))") }
        return PruneCandidate(file: "\(number)", events: random(50), features: Set(features))
      }
      let pruning = HistoryPruning(candidates)
      func shown(_ candidates: [PruneCandidate]) -> Set<CorpusFeature> {
        candidates.reduce(into: []) { $0.formUnion($1.features) }
      }
      XCTAssertEqual(shown(pruning.kept), shown(candidates))
      for candidate in pruning.kept {
        let others = pruning.kept.filter { $0.file != candidate.file }
        XCTAssertNotEqual(shown(others), shown(candidates), "\(candidate.file) is superfluous")
      }
    }
  }
}
