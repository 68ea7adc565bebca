#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Output to a file that is there only when it is whole: it is written beside its place and put there at the end.
///
/// What is no regular file, such as a pipe or `/dev/stdout`, is written to as it is.
public final class WholeFile: ReportOutput {
  private let path: String
  private let temporary: String?
  private var output: DescriptorOutput?

  /// Begins a file; what is at its path stays there until the file is complete.
  /// - Throws: ``OutputError/failed(_:)`` when nothing can be written there.
  public init(path: String) throws(OutputError) {
    // A link stays one, and what it leads to is replaced.
    self.path = Self.resolved(path) ?? path
    var status = stat()
    if stat(self.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      temporary = nil
      output = try DescriptorOutput(path: self.path)
    } else {
      let name = "\(self.path).\(getpid()).partial"
      temporary = name
      do throws(OutputError) {
        output = try DescriptorOutput(path: name)
      } catch .failed(let reason) {
        // Nobody asked for a file of that name.
        throw .failed(reason.replacing(name, with: path))
      }
    }
  }

  deinit { if output != nil, let temporary { unlink(temporary) } }

  /// Adds text.
  public func write(_ text: String) throws(OutputError) {
    guard let output else { throw .failed("\(path): the file is complete") }
    try output.write(text)
  }

  /// Puts the file in its place.
  public func complete() throws(OutputError) {
    guard output != nil else { return }
    if let temporary, rename(temporary, path) != 0 {
      throw .failed("\(path): \(String(cString: strerror(errno)))")
    }
    output = nil
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
