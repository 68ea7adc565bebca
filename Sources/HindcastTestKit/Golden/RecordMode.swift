private import Foundation

/// When ``assertGolden(_:named:record:in:fileID:filePath:line:column:function:)`` writes a golden history.
public enum RecordMode: String, Sendable, CaseIterable {
  /// Never: a missing one fails the test.
  case never
  /// Where there is none yet.
  case missing
  /// Where there is none, and in place of one that the run does not fit any more.
  case failed
  /// Always.
  case all

  /// The environment variable that decides for all tests of a call.
  public static let variable = "HINDCAST_RECORD"

  /// The mode that holds: `never` in continuous integration, else what `HINDCAST_RECORD` says, else what the test asks for, else
  /// ``missing``.
  ///
  /// - Throws: ``RecordModeError`` when the variable says what is no mode.
  static func current(
    _ asked: RecordMode?, _ environment: [String: String]
  ) throws(RecordModeError) -> RecordMode {
    if let text = environment["CI"]?.lowercased(), !["", "0", "false"].contains(text) { return .never }
    guard let text = environment[variable], !text.isEmpty else { return asked ?? .missing }
    guard let mode = RecordMode(rawValue: text) else { throw RecordModeError(text: text) }
    return mode
  }
}

/// `HINDCAST_RECORD` is no mode.
struct RecordModeError: Error, CustomStringConvertible {
  let text: String

  var description: String {
    "\(RecordMode.variable) is '\(text)'; it can be \(RecordMode.allCases.map(\.rawValue).joined(separator: ", "))"
  }
}
