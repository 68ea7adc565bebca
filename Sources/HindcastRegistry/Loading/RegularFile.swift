#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Reads files that a user names, and nothing else: a device, a pipe or a file of gigabytes ends in an error.
enum RegularFile {
  /// What a file holds.
  struct Contents {
    let bytes: [UInt8]
    /// The bytes as text; what is no UTF-8 becomes U+FFFD.
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// Why a file cannot be read.
  enum Failure: Error, Hashable, CustomStringConvertible {
    case system(Int32)
    case notRegular
    case tooLarge(limit: Int)

    /// Whether there is nothing of that name.
    var isMissingFile: Bool { self == .system(ENOENT) || self == .system(ENOTDIR) }

    /// That of a name that does not exist.
    static let missing = Failure.system(ENOENT)

    var description: String {
      switch self {
      case .system(ENOENT), .system(ENOTDIR): "no such file"
      case .system(EISDIR): "it is a directory"
      case .system(let code): String(cString: strerror(code))
      case .notRegular: "it is not a regular file"
      case .tooLarge(let limit): "it is larger than \(limit >> 20) MB"
      }
    }
  }

  /// Reads a whole file of at most `limit` bytes.
  static func read(_ path: String, limit: Int) throws(Failure) -> Contents {
    let file = try open(path)
    defer { close(file.descriptor) }
    if file.size > limit { throw .tooLarge(limit: limit) }
    return Contents(bytes: try read(file.descriptor, upTo: file.size))
  }

  /// Reads at most the first `count` bytes of a file.
  static func readPrefix(_ path: String, count: Int) throws(Failure) -> [UInt8] {
    let file = try open(path)
    defer { close(file.descriptor) }
    return try read(file.descriptor, upTo: min(count, file.size))
  }

  private static func open(_ path: String) throws(Failure) -> (descriptor: Int32, size: Int) {
    // Opening a pipe must not wait for a writer.
    #if canImport(Darwin)
    let descriptor = Darwin.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    #else
    let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    #endif
    if descriptor < 0 { throw .system(errno) }
    var status = stat()
    if fstat(descriptor, &status) != 0 {
      let code = errno
      close(descriptor)
      throw .system(code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw status.st_mode & S_IFMT == S_IFDIR ? .system(EISDIR) : .notRegular
    }
    return (descriptor, Int(status.st_size))
  }

  private static func read(_ descriptor: Int32, upTo count: Int) throws(Failure) -> [UInt8] {
    var failure: Int32?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        #if canImport(Darwin)
        let read = Darwin.read(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled)
        #else
        let read = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled)
        #endif
        if read < 0, errno == EINTR { continue }
        if read < 0 { failure = errno }
        if read <= 0 { break }
        filled += read
      }
    }
    if let failure { throw .system(failure) }
    return bytes
  }
}
