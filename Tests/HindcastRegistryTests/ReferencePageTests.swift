import Foundation
import HindcastRegistry
import XCTest

/// The page that documents every field of the Temporal entries: it says what the schema says, and names a test for each field.
final class ReferencePageTests: XCTestCase {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let page = package.appending(path: "Sources/HindcastApp/HindcastApp.docc/TemporalEntries.md")

  private struct Row {
    var field: String
    var cells: [String]
    var tests: [String]
  }

  /// The rows of the table under a heading.
  private func rows(under heading: String) throws -> [Row] {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let section = try XCTUnwrap(text.components(separatedBy: "\n## \(heading)\n").dropFirst().first, heading)
    return section.components(separatedBy: "\n## ")[0].split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
      line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let tests = (cells.last ?? "").split(separator: ",").map { $0.trimmingCharacters(in: [" ", "`"]) }
      return Row(
        field: cells[0].trimmingCharacters(in: ["`"]), cells: Array(cells.dropFirst().dropLast()), tests: tests)
    }
  }

  /// The fields with those of their objects, by their paths.
  private func flat(_ fields: [FieldDescriptor], below path: String = "") -> [(path: String, field: FieldDescriptor)] {
    fields.flatMap { field in
      let name = path + field.name
      return field.fields.isEmpty ? [(name, field)] : flat(field.fields, below: name + ".")
    }
  }

  func testThePageHasEveryFieldAsTheSchemaHasIt() throws {
    for kind in [EntryKind.temporalClient, .temporalWorker] {
      let wanted = flat(kind.fields).map { path, field in
        "| `\(path)` | \(field.type.replacing(" | ", with: " or ")) | \(field.defaultValue.map { "`\($0)`" } ?? "") | \(field.summary) |"
      }
      let found = try rows(under: kind.rawValue).map { "| `\($0.field)` | \($0.cells.joined(separator: " | ")) |" }
      XCTAssertEqual(found, wanted, "\(kind)\nthe rows should be:\n" + wanted.joined(separator: "\n"))
    }
  }

  func testEveryFieldHasTestsThatExist() throws {
    var sources: [String: String] = [:]
    let folder = Self.package.appending(path: "Tests")
    let files = try XCTUnwrap(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "swift" {
      sources[file.deletingPathExtension().lastPathComponent] = try String(contentsOf: file, encoding: .utf8)
    }
    for kind in [EntryKind.temporalClient, .temporalWorker] {
      for row in try rows(under: kind.rawValue) {
        for test in row.tests {
          let parts = test.split(separator: ".").map(String.init)
          let source = sources[parts.first ?? ""]
          XCTAssertTrue(
            parts.count == 2 && source?.contains("func \(parts[1])(") == true, "\(row.field): there is no test \(test)")
        }
        XCTAssertFalse(row.tests.isEmpty, row.field)
      }
    }
  }
}
