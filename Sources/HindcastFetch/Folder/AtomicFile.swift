#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files that are there whole or not at all, whenever the process ends.
enum AtomicFile {
  /// What the names of unfinished files begin with; `hindcast replay` passes over them.
  static let temporaryPrefix = ".hindcast-unfinished-"

  /// Writes a file under another name, and renames it when its content is on the disk.
  static func write(_ bytes: [UInt8], to name: String, in folder: String) throws(ExportError) {
    let path = "\(folder)/\(name)"
    let temporary = "\(folder)/\(temporaryPrefix)\(name.utf8.count > 200 ? String(name.suffix(200)) : name)"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    do throws(ExportError) {
      try writeAll(bytes, to: descriptor, path)
      guard fsync(descriptor) == 0 else { throw failure(path) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    close(descriptor)
    guard rename(temporary, path) == 0 else {
      let error = failure(path)
      unlink(temporary)
      throw error
    }
  }

  /// Writes all bytes to an open file.
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(ExportError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        systemWrite(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(path) }
      written += count
    }
  }

  /// What the system says is wrong.
  static func failure(_ path: String) -> ExportError {
    ExportError(path: path, message: String(cString: strerror(errno)))
  }
}

/// The system's `write`, whose name the methods above take.
private let systemWrite: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int = { write($0, $1, $2) }
