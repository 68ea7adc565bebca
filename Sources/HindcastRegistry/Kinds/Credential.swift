import Foundation

/// A part of a client's credentials, and where it comes from. Only ``load()`` gives it away.
public struct Credential: Hashable, Sendable {
  enum Source: Hashable, Sendable {
    case value(Secret)
    case file(String)
    case missing(variable: String, EnvironmentError)
  }

  /// The field that names the source, for example `api_key_env`.
  public let field: String
  let source: Source
  /// The entry that has it.
  public let entry: EntryID
  /// Where its source is named.
  public let position: SourcePosition

  /// What messages call it: the field, and the file where there is one.
  public var origin: String {
    if case .file(let path) = source { "\(field) \(path)" } else { field }
  }

  /// The credential itself, read from its file where it has one; white space round it is dropped.
  ///
  /// - Throws: ``RegistryError`` in Wippy's words when the file cannot be read or the environment variable is not set.
  public func load() throws(RegistryError) -> Secret {
    switch source {
    case .value(let secret): return secret
    case .missing(let variable, let error):
      let name = field.hasSuffix("_env") ? String(field.dropLast(4)) : field
      throw RegistryError(
        "failed to get \(name) from env \(variable): \(error)", kind: error.kind, at: position, entry: entry,
        hint: error.hint)
    case .file(let path):
      do {
        let text = try RegularFile.read(path, limit: 1 << 20).text
        return Secret(text.trimmingCharacters(in: .whitespacesAndNewlines))
      } catch {
        throw RegistryError(
          "failed to read \(field) \(path): \(error)", kind: .notFound, at: position, entry: entry)
      }
    }
  }
}
