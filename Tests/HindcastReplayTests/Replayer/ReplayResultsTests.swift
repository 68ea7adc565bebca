import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastTestSupport
import Synchronization
import XCTest

/// The stream of results: its order, its bounds, and that one history cannot take the others with it.
final class ReplayResultsTests: XCTestCase {
  private let code = ScriptedCode(Samples.steps, type: "order")

  private func options(jobs: Int, _ change: (inout ReplayOptions) -> Void = { _ in }) -> ReplayOptions {
    var options = ReplayOptions()
    options.jobs = jobs
    change(&options)
    return options
  }

  private func source(_ name: String, _ histories: [WorkflowHistory]) -> HistorySource {
    let histories = histories.enumerated().map { index, history in
      var history = history
      history.origin = HistoryOrigin(file: name, index: index, count: histories.count)
      return history
    }
    return HistorySource(name: name, content: .histories(histories))
  }

  func testResultsKeepTheOrderOfTheSources() throws {
    let small = try Samples.history()
    let large = try Samples.history(
      (0..<40).map { .activity("activity \($0)") } + [.complete("null")])
    // Sources of very different cost, some with several histories, finish in any order.
    let sources = (0..<60).map { number in
      source("\(number)", Array(repeating: number % 7 == 0 ? large : small, count: number % 5 == 0 ? 3 : 1))
    }
    let expected = sources.flatMap { source -> [String] in
      guard case .histories(let histories) = source.content else { return [] }
      return histories.map(\.origin.name)
    }
    for jobs in [1, 2, 8] {
      let results = Replayer(code: code, options: options(jobs: jobs)).results(of: sources)
      XCTAssertEqual(Samples.verdicts(results).map(\.name), expected, "\(jobs) jobs")
    }
  }

  func testSourcesAreTakenOnlyAsFarAsTheLookAheadReaches() throws {
    let history = try Samples.history()
    let taken = Counter()
    let sources = (0..<10_000).lazy.map { number in
      taken.add()
      return HistorySource(name: "\(number)", content: .histories([history]))
    }
    let results = Replayer(code: code, options: options(jobs: 2)).results(of: sources)
    for _ in 0..<5 { XCTAssertNotNil(results.next()) }
    // Results come in batches of what was ready, so two look-aheads can be out at once.
    XCTAssertLessThan(taken.value, 100)
  }

  func testMalformedInputAmongGoodOnes() throws {
    let folder = try TemporaryFolder()
    let good = try Samples.json()
    try folder.write(good, to: "a.json")
    try folder.write(Array(good.prefix(good.count / 2)), to: "b.json")
    try folder.write("{\"name\": \"a package\"}", to: "c.json")
    try folder.write([0xff, 0x00, 0x13], to: "d.binpb")
    try folder.write(good, to: "e.json")
    let results = Replayer(code: code, options: options(jobs: 3)).results(of: Corpus([folder.path]))
    let words = results.map { result in
      switch result {
      case .verdict(let verdict): "\(verdict.file.suffix(7).drop { $0 != "/" }) \(verdict.verdict)"
      case .passedOver(let error): "\(error.file.suffix(7)) passed over"
      case .unreadable(let error): "\(error.file) unreadable"
      case .suiteError(let error): "\(error)"
      }
    }
    XCTAssertEqual(words.first, "/a.json passed")
    XCTAssertEqual(words.last, "/e.json passed")
    XCTAssertEqual(words.count, 5)
    XCTAssertEqual(words[1], "/b.json invalid")
    XCTAssertEqual(words[2], "/c.json passed over")
  }

  func testAMalformedFileNamesThePlace() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("{\"events\": [\n  {\"eventId\": 1x}]}", to: "a.json")
    let verdict = try XCTUnwrap(Samples.verdicts(Replayer(code: code).results(of: [.file(path)])).first)
    XCTAssertEqual(verdict.verdict, .invalid)
    XCTAssertEqual(verdict.failure?.rule, .invalidHistory)
    XCTAssertEqual(verdict.failure?.message.contains("line 2"), true, verdict.failure?.message ?? "")
  }

  func testAFileThatWasAskedForMustBeAHistory() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("{\"name\": \"a package\"}", to: "a.json")
    for path in [path, folder["missing.json"]] {
      let results = Array(Replayer(code: code).results(of: [.file(path)]))
      guard case .unreadable(let error)? = results.first else { return XCTFail("\(results)") }
      XCTAssertEqual(error.file, path)
    }
  }

  func testOtherTypesAreLeftOut() throws {
    let sources = [
      source("a", [try Samples.history()]), source("b", [try Samples.history(type: "other")]),
      source("c", [try Samples.history(type: "other"), try Samples.history()]),
    ]
    let replayer = Replayer(code: code, options: options(jobs: 2) { $0.types = ["order"] })
    XCTAssertEqual(Samples.verdicts(replayer.results(of: sources)).map(\.name), ["a", "c#2"])
  }

  func testSourcesThatAreLeftOutMakeRoomForOthers() throws {
    let other = try Samples.history(type: "other")
    let sources = (0..<200).map { source("\($0)", [other]) } + [source("last", [try Samples.history()])]
    for jobs in [1, 4] {
      let replayer = Replayer(code: code, options: options(jobs: jobs) { $0.types = ["order"] })
      XCTAssertEqual(Samples.verdicts(replayer.results(of: sources)).map(\.name), ["last"])
    }
  }

  func testAReplayThatDoesNotEndIsGivenUp() throws {
    let stuck = StuckCode(Samples.steps, type: "order")
    defer { stuck.release() }
    let sources = [
      source("a", [try Samples.history()]), source("b", [try Samples.history(type: "stuck")]),
      source("c", [try Samples.history()]),
    ]
    for jobs in [1, 2] {
      let replayer = Replayer(code: stuck, options: options(jobs: jobs) { $0.timeout = .milliseconds(200) })
      let results = replayer.results(of: sources)
      let verdicts = Samples.verdicts(results)
      XCTAssertEqual(verdicts.map(\.name), ["a", "b", "c"])
      XCTAssertEqual(verdicts.map(\.verdict), [.passed, .deadlocked, .passed])
      XCTAssertEqual(verdicts[1].failure?.rule, .deadlock)
      XCTAssertEqual(verdicts[1].code, "TMPRL1101")
      XCTAssertEqual(verdicts[1].workflowType, "stuck")
      XCTAssertTrue(results.hasGivenUp)
    }
  }

  func testNothingGivesNothing() {
    XCTAssertNil(Replayer(code: code).results(of: [HistorySource]()).next())
  }
}

private final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock(\.self) }
  func add() { count.withLock { $0 += 1 } }
}
