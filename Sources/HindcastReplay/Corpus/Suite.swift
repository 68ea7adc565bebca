import HindcastCore
public import HindcastRegistry

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The verdicts that a folder of histories expects: its `expected.yaml`.
///
/// ```yaml
/// refund-removed.json:
///   verdict: nondeterministic
///   rule: missing-command
///   event: 11
/// ```
///
/// A history that it does not name is expected to pass. `rule` and `event` may be left out; with `verdict: passed` they name a
/// warning that is to be there. A file with several histories is named with the place, as in `export.binpb#3`.
public struct Suite: Sendable, Equatable {
  /// The name of the file in the folder of the histories.
  public static let fileName = "expected.yaml"

  /// What is expected, by the name of the history's file.
  public private(set) var expectations: [String: Expectation]
  /// What is wrong with the file, in its order.
  public private(set) var errors: [SuiteError]

  /// A suite that expects nothing in particular.
  public init() {
    expectations = [:]
    errors = []
  }

  /// Reads the suite of a folder; a folder without the file has no expectations.
  public init(ofFolder folder: String) {
    self.init()
    let prefix = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
    let path = prefix + Self.fileName
    guard FileManager.default.fileExists(atPath: path) else { return }
    guard let data = FileManager.default.contents(atPath: path) else {
      errors.append(SuiteError(file: path, position: nil, message: "the file cannot be read"))
      return
    }
    self.init(Array(data), named: path) { FileManager.default.fileExists(atPath: prefix + $0) }
  }

  /// Reads the content of an `expected.yaml`.
  ///
  /// - Parameters:
  ///   - bytes: the content.
  ///   - path: what to call the file in errors.
  ///   - exists: whether a file of this name lies in the suite's folder.
  public init(_ bytes: [UInt8], named path: String, exists: (String) -> Bool) {
    self.init()
    do {
      guard let value = try ConfigurationFile.read(bytes, named: path), !value.isNull else { return }
      guard let map = value.map else {
        errors.append(
          SuiteError(
            file: path, position: value.position,
            message: "a mapping of files to verdicts is expected, not \(value.typeName)",
            hint: "for example: refund.json: {verdict: nondeterministic, rule: missing-command, event: 11}"))
        return
      }
      for field in map.fields {
        var entry = SuiteEntry(field, path: path)
        if let expectation = entry.read(exists: exists) { expectations[field.name] = expectation }
        errors += entry.errors
      }
    } catch {
      errors += error.errors.map { SuiteError(file: path, position: $0.position, message: $0.message, hint: $0.hint) }
    }
  }
}

/// Something wrong in an `expected.yaml`.
public struct SuiteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file, as its path was given.
  public var file: String
  /// The place in it.
  public var position: SourcePosition?
  /// What is wrong.
  public var message: String
  /// What would put it right.
  public var hint: String?

  /// Describes an error.
  public init(file: String, position: SourcePosition?, message: String, hint: String? = nil) {
    self.file = file
    self.position = position
    self.message = message
    self.hint = hint
  }

  /// `file:line:column: error: message (hint)`.
  public var description: String {
    "\(position?.description ?? file): error: \(message)\(hint.map { " (\($0))" } ?? "")"
  }
}
