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
  let entry: EntryID
  let position: SourcePosition

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
