import Foundation
import HindcastReport
import HindcastTestSupport
import XCTest

@testable import hindcast

/// `hindcast bisect` on repositories that git made.
final class BisectCommandTests: XCTestCase {
  private static let broken = OrderApp.order.replacing("time.sleep(\"10s\")", with: "funcs.call(\"app:charge\")")
  private static let unreadable = OrderApp.order.replacing("\nend\n", with: "\n")

  /// A commit that leaves the app's folder with this code, and a mark of its own in it.
  private static func commit(
    _ number: Int, _ order: String = OrderApp.order, parents: [Int]? = nil, folder: String = "app/"
  ) -> GitRepository.Commit {
    var files = number == 0 ? OrderApp.files() : [:]
    files["order.lua"] = order + "-- revision \(number)\n"
    return .init(
      message: "Revision \(number)", parents: parents ?? (number == 0 ? [] : [number - 1]),
      files: files.sorted { $0.key < $1.key }.map { (folder + $0.key, $0.value) })
  }

  /// A straight line of commits, broken from one on.
  private static func line(_ count: Int, brokenFrom culprit: Int) -> [GitRepository.Commit] {
    (0..<count).map { commit($0, $0 < culprit ? OrderApp.order : broken) }
  }

  private func bisect(
    _ repository: GitRepository, _ arguments: [String], in folder: String? = nil
  ) async -> (status: ExitStatus, output: String, errors: String) {
    await Hindcast.run(
      ["bisect"] + arguments, environment: GitRepository.environment, in: folder ?? repository.folder.path)
  }

  /// A history in a folder of its own.
  private func history(order: String = OrderApp.order, named name: String = "a.json") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(OrderApp.history(order: order), to: name)
    return folder
  }

  private func replays(in output: String) throws -> Int {
    let line = try XCTUnwrap(output.split(separator: "\n").last)
    XCTAssertTrue(line.hasSuffix(" of the suite"), output)
    return try XCTUnwrap(Int(line.prefix { $0 != " " }), output)
  }

  // MARK: Finding

  func testThePlantedCommitOf64IsFoundInAtMost7Replays() async throws {
    let histories = try history()
    for culprit in [1, 2, 17, 31, 32, 33, 62, 63] {
      let repository = try GitRepository(Self.line(64, brokenFrom: culprit))
      let (status, output, errors) = await bisect(
        repository, ["\(repository.ids[0])..main", "--app", "app", histories.path])
      XCTAssertEqual(status, .success, output + errors)
      XCTAssertEqual(errors, "")
      XCTAssertTrue(output.contains("\n\(repository.ids[culprit]) is the first bad commit\n"), output)
      XCTAssertLessThanOrEqual(try replays(in: output), 7, "culprit \(culprit)\n\(output)")
    }
  }

  func testTheReportNamesCommitPlaceAndChange() async throws {
    let histories = try history()
    var commits = Self.line(5, brokenFrom: 2)
    commits[2].files.append(("app/charge.lua", OrderApp.charge + "-- changed as well\n"))
    let repository = try GitRepository(commits)
    let (_, output, _) = await bisect(
      repository, ["main~4..", "--app", "app", histories["a.json"]])
    for words in [
      "bisecting 4 revisions with 1 history, about 4 replays", "bad   ", "good  ", "revisions left, about",
      "  author   Ada <ada@example.org>\n", "  date     2023-11-14T22:15:20+00:00\n", "  subject  Revision 2\n",
      "nondeterministic · command-kind-changed · TMPRL1100 · event 11", "code at   app/order.lua:7",
      "> 7 |   funcs.call(\"app:charge\")", "  M  app/order.lua\n", "\n-  time.sleep(\"10s\")\n",
      "\n+  funcs.call(\"app:charge\")\n",
    ] { XCTAssertTrue(output.contains(words), "\(words)\n\(output)") }
    // Of the changed files the one with the place is shown.
    XCTAssertTrue(output.contains("  M  app/charge.lua\n"), output)
    XCTAssertFalse(output.contains("changed as well"), output)
  }

  func testNothingOfTheUsersIsTouched() async throws {
    let histories = try history()
    let repository = try GitRepository(Self.line(9, brokenFrom: 4))
    try repository.folder.write("stashed", to: "app/charge.lua")
    try repository.git("stash")
    try repository.folder.write("staged", to: "app/order.lua")
    try repository.git("add", "app/order.lua")
    try repository.folder.write("not staged", to: "app/order.lua")
    try repository.folder.write("untracked", to: "app/notes.txt")
    try repository.folder.write("#!/bin/sh\ntouch \(repository.folder["hook-ran"])\n", to: ".git/hooks/post-checkout")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: repository.folder[".git/hooks/post-checkout"])
    let before = try repository.state()
    let (status, output, errors) = await bisect(
      repository, ["\(repository.ids[0])..\(repository.ids[8])", "--app", "app", histories.path])
    XCTAssertEqual(status, .success, output + errors)
    XCTAssertTrue(output.contains(repository.ids[4]))
    XCTAssertEqual(try repository.state(), before)
    XCTAssertFalse(FileManager.default.fileExists(atPath: repository.folder["hook-ran"]))
    XCTAssertFalse(FileManager.default.fileExists(atPath: repository.folder[".git/worktrees"]))
  }

  func testAFolderBelowTheRootWorksFromThere() async throws {
    let histories = try history()
    let commits = (0..<6).map {
      Self.commit($0, $0 < 3 ? OrderApp.order : Self.broken, folder: "services/my orders/")
    }
    let repository = try GitRepository(commits)
    let (status, output, errors) = await bisect(
      repository, ["main~5..main", "--app", "my orders", histories.path], in: repository.folder["services"])
    XCTAssertEqual(status, .success, output + errors)
    XCTAssertTrue(output.contains("\(repository.ids[3]) is the first bad commit"), output)
    XCTAssertTrue(output.contains("code at   services/my orders/order.lua:7"), output)
    let whole = try GitRepository((0..<6).map { Self.commit($0, $0 < 5 ? OrderApp.order : Self.broken, folder: "") })
    let (_, all, _) = await bisect(whole, ["main~5..main", "--app", ".", histories.path])
    XCTAssertTrue(all.contains("\(whole.ids[5]) is the first bad commit"), all)
  }

  func testTheAppNeedNotBeCheckedOut() async throws {
    let histories = try history()
    var commits = Self.line(6, brokenFrom: 3)
    commits[0].files.append(("docs/notes.txt", "x"))
    let repository = try GitRepository(commits)
    try repository.git("sparse-checkout", "set", "docs")
    XCTAssertFalse(FileManager.default.fileExists(atPath: repository.folder["app"]))
    let (status, output, errors) = await bisect(repository, ["main~5..main", "--app", "app", histories.path])
    XCTAssertEqual(status, .success, output + errors)
    XCTAssertTrue(output.contains("\(repository.ids[3]) is the first bad commit"), output)
    XCTAssertFalse(FileManager.default.fileExists(atPath: repository.folder["app"]))
  }

  func testABranchIsFollowedIntoItsCommits() async throws {
    let histories = try history()
    // 0 – 1 – 2 ––––––– 6 – 7, and 3 – 4 – 5 from 1, merged in 6.
    let repository = try GitRepository([
      Self.commit(0), Self.commit(1), Self.commit(2), Self.commit(3, parents: [1]),
      Self.commit(4, Self.broken, parents: [3]), Self.commit(5, Self.broken, parents: [4]),
      Self.commit(6, Self.broken, parents: [2, 5]), Self.commit(7, Self.broken, parents: [6]),
    ])
    let (status, output, errors) = await bisect(
      repository, ["\(repository.ids[0])..main", "--app", "app", histories.path])
    XCTAssertEqual(status, .success, errors)
    XCTAssertTrue(output.contains("\(repository.ids[4]) is the first bad commit"), output)
  }

  func testCommitsThatLeaveTheAppAloneAreNotReplayed() async throws {
    let histories = try history()
    var commits = [Self.commit(0), Self.commit(1, Self.broken)]
    for number in 2..<40 {
      commits.append(.init(message: "Notes \(number)", parents: [number - 1], files: [("notes.txt", "\(number)")]))
    }
    let repository = try GitRepository(commits)
    let (_, output, _) = await bisect(repository, ["\(repository.ids[0])..", "--app", "app", histories.path])
    XCTAssertTrue(output.contains("\(repository.ids[1]) is the first bad commit"), output)
    XCTAssertEqual(try replays(in: output), 2, output)
  }

  func testCommitsAtWhichTheAppDoesNotLoadAreSkipped() async throws {
    let histories = try history()
    var commits = Self.line(20, brokenFrom: 6)
    for number in 8..<14 { commits[number] = Self.commit(number, Self.unreadable) }
    for number in 14..<16 {
      commits[number].files = [("app/_index.yaml", "namespace: app\nentries: [{name: x}]\n")]
    }
    commits[16].files.append(("app/_index.yaml", OrderApp.entries))
    let repository = try GitRepository(commits)
    let (status, output, errors) = await bisect(
      repository, ["\(repository.ids[0])..", "--app", "app", histories.path])
    XCTAssertEqual(status, .success, errors)
    XCTAssertTrue(output.contains("\(repository.ids[6]) is the first bad commit"), output)
    XCTAssertTrue(output.contains("\nskip  "), output)
  }

  func testCodeThatNoLongerLoadsIsFoundAsWell() async throws {
    let histories = try history()
    let repository = try GitRepository(
      (0..<10).map { Self.commit($0, $0 < 7 ? OrderApp.order : Self.unreadable) })
    let (status, output, errors) = await bisect(
      repository, ["\(repository.ids[0])..", "--app", "app", histories.path])
    XCTAssertEqual(status, .success, errors)
    XCTAssertTrue(output.contains("\(repository.ids[7]) is the first bad commit"), output)
    XCTAssertTrue(output.contains("failed · load-error"), output)
  }

  func testOnlyHistoriesThatPassedAtTheGoodEndCount() async throws {
    let repository = try GitRepository(Self.line(12, brokenFrom: 5))
    let histories = try history()
    // Recorded by code that never was: it fails everywhere.
    try histories.write(
      OrderApp.history(order: OrderApp.order.replacing("time.sleep(\"10s\")\n", with: "")), to: "b.json")
    // Passes only with the broken code.
    try histories.write(OrderApp.history(order: Self.broken), to: "c.json")
    let (status, output, errors) = await bisect(
      repository, ["\(repository.ids[0])..", "--app", "app", histories.path])
    XCTAssertEqual(status, .success, output + errors)
    XCTAssertTrue(output.contains("2 of 3 fail"), output)
    XCTAssertTrue(output.contains("\(repository.ids[5]) is the first bad commit"), output)
    XCTAssertTrue(output.contains("FAIL  \(histories["a.json"])"), output)
    XCTAssertFalse(output.contains("FAIL  \(histories["b.json"])"), output)
  }

  // MARK: Not finding

  func testWhatCannotBeFoundIsSaid() async throws {
    var commits = Self.line(8, brokenFrom: 3)
    commits[0] = Self.commit(0, folder: "old/")
    commits[1].files += OrderApp.files().filter { $0.key != "order.lua" }.map { ("app/" + $0.key, $0.value) }
    commits.append(.init(message: "Elsewhere", parents: [2], files: [("notes.txt", "x")]))
    let repository = try GitRepository(commits)
    let ids = repository.ids
    let histories = try history()
    let cases: [(range: String, app: String, path: String, status: ExitStatus, words: String)] = [
      ("\(ids[1])..\(ids[2])", "app", histories.path, .failure, "every history passes at \(ids[2])"),
      (
        "\(ids[3])..\(ids[7])", "app", histories.path, .failure,
        "fails already (\(histories["a.json"]): nondeterministic"
      ),
      ("\(ids[1])..\(ids[1])", "app", histories.path, .unusable, "are the same commit"),
      ("\(ids[7])..\(ids[1])", "app", histories.path, .unusable, "it is the other way round: \(ids[1])..\(ids[7])"),
      ("\(ids[7])..\(ids[8])", "app", histories.path, .unusable, "both go back to \(ids[2].prefix(12))"),
      ("nowhere..\(ids[7])", "app", histories.path, .unusable, "'nowhere' names no commit"),
      ("\(ids[1])..\(ids[7])", "gone/too", histories.path, .unusable, "there is no folder gone/too in \(ids[7])"),
      ("\(ids[1])..\(ids[7])", "/", histories.path, .unusable, "/ is in no git working tree"),
      ("\(ids[1])..\(ids[7])", "app", histories["missing"], .unusable, "there is no such file or folder"),
      ("\(ids[1])..\(ids[7])", "app", repository.folder["app"], .unusable, "no history found in"),
    ]
    for (range, app, path, status, words) in cases {
      let result = await bisect(repository, [range, "--app", app, path])
      XCTAssertEqual(result.status, status, "\(range) \(result.errors)")
      XCTAssertTrue(result.errors.contains(words), "\(words)\n\(result.errors)\(result.output)")
    }
    XCTAssertFalse(FileManager.default.fileExists(atPath: repository.folder[".git/worktrees"]))
  }

  func testAFolderThatHadAnotherNameLeavesTheAnswerOpen() async throws {
    let histories = try history()
    var commits = Self.line(4, brokenFrom: 1)
    commits[0] = Self.commit(0, folder: "old/")
    commits[1].files += OrderApp.files().filter { $0.key != "order.lua" }.map { ("app/" + $0.key, $0.value) }
    let repository = try GitRepository(commits)
    let (status, output, errors) = await bisect(
      repository, ["\(repository.ids[0])..", "--app", "app", histories.path])
    XCTAssertEqual(status, .failure, output)
    XCTAssertTrue(errors.contains("it has no folder app"), errors)
    XCTAssertTrue(errors.contains("the first bad commit is \(repository.ids[1].prefix(12)) or one before it"), errors)
  }

  func testASignalLeavesNothingBehind() throws {
    let spinning = OrderApp.order.replacing("local receipt", with: "while true do end\n  local receipt")
    let repository = try GitRepository((0..<4).map { Self.commit($0, $0 < 2 ? OrderApp.order : spinning) })
    let histories = try history()
    let temporary = try TemporaryFolder()
    let process = Process()
    process.executableURL = try HindcastBinary.url()
    process.arguments = ["bisect", "main~3..main", "--app", repository.folder["app"], histories.path]
    process.environment = GitRepository.environment.merging(["TMPDIR": temporary.path]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    // The first line is written when the worktree stands; the replay that follows takes a second at least.
    XCTAssertEqual(try output.fileHandleForReading.read(upToCount: 9), Data("bisecting".utf8))
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: temporary.path).count, 1)
    process.terminate()
    process.waitUntilExit()
    XCTAssertEqual(process.terminationReason, .uncaughtSignal)
    XCTAssertEqual(process.terminationStatus, SIGTERM)
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: temporary.path), [])
    XCTAssertFalse(FileManager.default.fileExists(atPath: repository.folder[".git/worktrees"]))
  }
}
