/// Reads one YAML or JSON file that is no registry file, such as a suite's `expected.yaml`.
public enum ConfigurationFile {
  /// The value that a file holds, with the position of each part.
  ///
  /// - Parameters:
  ///   - bytes: the content; JSON when the path ends in `.json`, YAML otherwise.
  ///   - path: the file as the user would type it; positions name it so.
  /// - Returns: the value; `nil` for a file without one.
  /// - Throws: every error of the file at once, names that are set twice included.
  public static func read(_ bytes: [UInt8], named path: String) throws(RegistryErrors) -> ConfigurationValue? {
    do {
      let (value, errors) = try YAMLReader.read(bytes, file: SourceFile(displayPath: path, relativePath: path))
      guard errors.isEmpty else { throw RegistryErrors(errors: errors) }
      return value
    } catch let error as RegistryError {
      throw RegistryErrors(errors: [error])
    } catch let errors as RegistryErrors {
      throw errors
    } catch {
      throw RegistryErrors(errors: [RegistryError("cannot be read: \(error)", kind: .syntax)])
    }
  }
}
