import Foundation
import HindcastReplay
import HindcastReport
import HindcastTestSupport
import XCTest

/// Several reports at once, and files that are there only when they are whole.
final class ReportSetTests: XCTestCase {
  /// An output whose reader goes away after some writes.
  private final class LeavingReader: ReportOutput {
    private var rest: Int

    init(after writes: Int) { rest = writes }

    func write(_ text: String) throws(OutputError) {
      guard rest > 0 else { throw .closed }
      rest -= 1
    }
  }

  func testAReaderThatLeavesTakesNoOtherReportAlong() throws {
    let verdict = try ReportSamples.verdicts()[0]
    let output = MemoryOutput()
    var set = ReportSet()
    let leaving = LeavingReader(after: 1)
    set.add(TextReporter(to: leaving, workingDirectory: "/nowhere"), to: leaving)
    set.add(JSONReporter(to: output, workingDirectory: "/nowhere"), to: output)
    for _ in 0..<3 { try set.report(verdict) }
    try set.finish(ReplaySummary())
    XCTAssertEqual(output.text.split(separator: "\n").count, 4)
  }

  func testTheLastReaderThatLeavesEndsTheReport() throws {
    let verdict = try ReportSamples.verdicts()[0]
    var set = ReportSet()
    for writes in [0, 1] {
      let output = LeavingReader(after: writes)
      set.add(TextReporter(to: output, workingDirectory: "/nowhere"), to: output)
    }
    try set.report(verdict)
    XCTAssertThrowsError(try set.report(verdict)) { XCTAssertEqual($0 as? OutputError, .closed) }
  }

  func testAFileAppearsWhenItIsWhole() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("before", to: "report.xml")
    let file = try WholeFile(path: path)
    try file.write("one ")
    try file.write("two")
    XCTAssertEqual(try String(contentsOfFile: path, encoding: .utf8), "before")
    try file.complete()
    XCTAssertEqual(try String(contentsOfFile: path, encoding: .utf8), "one two")
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: folder.path), ["report.xml"])
    XCTAssertThrowsError(try file.write("more"))
  }

  func testAFileThatNeverBecomesWholeLeavesNothing() throws {
    let folder = try TemporaryFolder()
    do {
      let file = try WholeFile(path: folder["report.xml"])
      try file.write("half")
    }
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: folder.path), [])
  }

  func testALinkStaysOne() throws {
    let folder = try TemporaryFolder()
    let target = try folder.write("before", to: "real.xml")
    try FileManager.default.createSymbolicLink(atPath: folder["link.xml"], withDestinationPath: target)
    let file = try WholeFile(path: folder["link.xml"])
    try file.write("after")
    try file.complete()
    XCTAssertEqual(try String(contentsOfFile: target, encoding: .utf8), "after")
    XCTAssertEqual(try FileManager.default.destinationOfSymbolicLink(atPath: folder["link.xml"]), target)
  }

  func testWhatIsNoFileIsWrittenTo() throws {
    let file = try WholeFile(path: "/dev/null")
    try file.write("text")
    try file.complete()
    var isFolder: ObjCBool = false
    XCTAssertTrue(FileManager.default.fileExists(atPath: "/dev/null", isDirectory: &isFolder))
    XCTAssertNotEqual(
      try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType, .typeRegular)
  }

  func testAPlaceThatTakesNoFileIsNamed() throws {
    XCTAssertThrowsError(try WholeFile(path: "/nowhere/at/all.xml")) { error in
      XCTAssertTrue("\(error)".contains("/nowhere/at/all.xml: "), "\(error)")
      XCTAssertFalse("\(error)".contains("partial"), "\(error)")
    }
  }
}
