import Foundation

/// Where redacted histories go.
enum RedactionTarget {
  /// Where they came from.
  case inPlace
  /// Below a folder, at the places that they have below the paths of the command line.
  case folder(String, [String])

  /// The file for a history.
  ///
  /// - Parameters:
  ///   - file: the file that it came from.
  ///   - index: its place in that file, from 0.
  ///   - count: how many histories the file holds.
  ///   - isPlain: whether the file is JSON text, as the result will be.
  /// - Throws: `Refusal` where it would not be what the file is.
  func path(for file: String, _ index: Int, of count: Int, isPlain: Bool) throws(Refusal) -> String {
    switch self {
    case .inPlace:
      guard count == 1, isPlain else {
        throw Refusal(
          description: "\(file): only files with one history as plain JSON are replaced; use --output for the others")
      }
      return file
    case .folder(let folder, let roots):
      var name = relative(file, roots)
      if count > 1 || !isPlain { name = Self.base(name) + (count > 1 ? ".\(index + 1)" : "") + ".json" }
      return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }
  }

  /// Why a history is not written.
  struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  private func relative(_ file: String, _ roots: [String]) -> String {
    for root in roots where root != file {
      if root == "." { return file }
      let prefix = root.hasSuffix("/") ? root : root + "/"
      if file.hasPrefix(prefix) { return String(file.dropFirst(prefix.count)) }
    }
    return URL(filePath: file).lastPathComponent
  }

  /// A name without what tells its form.
  private static func base(_ name: String) -> String {
    for suffix in [".json.gz", ".json", ".binpb", ".bin", ".pb", ".gz"] where name.hasSuffix(suffix) {
      return String(name.dropLast(suffix.count))
    }
    return name
  }
}
