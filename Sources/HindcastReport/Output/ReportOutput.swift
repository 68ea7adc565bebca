#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where a report goes.
public protocol ReportOutput: AnyObject {
  /// Writes text; when the call returns, whoever reads the other end can see it.
  func write(_ text: String) throws(OutputError)
  /// All was written.
  func complete() throws(OutputError)
}

extension ReportOutput {
  /// Does nothing: most outputs are complete at any moment.
  public func complete() {}
}

/// Why a report cannot be written.
public enum OutputError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Nobody reads the other end of the pipe any more.
  case closed
  /// The system refused, for this reason.
  case failed(String)

  /// The reason.
  public var description: String {
    switch self {
    case .closed: "the reader of the output has gone"
    case .failed(let reason): "the output cannot be written: \(reason)"
    }
  }
}

/// Output to a file descriptor.
public final class DescriptorOutput: ReportOutput {
  private let descriptor: Int32
  private let isOwned: Bool

  /// Writes to a descriptor that stays open.
  public init(_ descriptor: Int32) {
    self.descriptor = descriptor
    isOwned = false
  }

  /// Writes to a file, which is made where there is none.
  /// - Parameter appending: whether what the file holds stays.
  public init(path: String, appending: Bool = false) throws(OutputError) {
    descriptor = open(path, O_WRONLY | O_CREAT | (appending ? O_APPEND : O_TRUNC) | O_CLOEXEC, 0o644)
    isOwned = true
    if descriptor < 0 { throw .failed("\(path): \(Self.lastError)") }
  }

  deinit { if isOwned, descriptor >= 0 { close(descriptor) } }

  /// Writes all of the text. The process must ignore `SIGPIPE` for a closed pipe to become an error.
  public func write(_ text: String) throws(OutputError) {
    var text = text
    // Typed throws do not pass through the closure, so its outcome does.
    let error: OutputError? = text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let written = Self.writeSome(descriptor, rest)
        if written > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        } else if errno == EAGAIN || errno == EWOULDBLOCK {
          // A terminal or pipe that someone made non-blocking: wait until it takes more.
          var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = Self.waitFor(&poll)
        } else if errno != EINTR {
          return errno == EPIPE ? .closed : .failed(Self.lastError)
        }
      }
      return nil
    }
    if let error { throw error }
  }

  private static func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
    Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
    Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
    Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  private static func waitFor(_ descriptor: inout pollfd) -> Int32 { poll(&descriptor, 1, -1) }

  private static var lastError: String { String(cString: strerror(errno)) }
}

/// Output that is kept in memory.
public final class MemoryOutput: ReportOutput {
  /// Everything that was written.
  public private(set) var text = ""

  /// An empty output.
  public init() {}

  /// Keeps the text.
  public func write(_ text: String) { self.text += text }

  /// Everything that was written since it was taken last.
  package func take() -> String {
    defer { text = "" }
    return text
  }
}
