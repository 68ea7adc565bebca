internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI

// Failures that are too large to be kept as they are (`server.md` 17).

extension Failure {
  /// The failure as it is kept between attempts.
  func stored(_ limits: Limits) -> Failure {
    guard byteCount > limits.activityFailureBytes else { return self }
    var failure = Failure.server(Self.tooLarge, nonRetryable: false)
    failure.cause = truncated(to: limits.activityFailureBytes)
    return failure
  }

  static let tooLarge = "Failure exceeds size limit."

  /// The failure without what does not fit: type, source, message and stack trace, in this order, then the causes.
  func truncated(to bytes: Int, depth: Int = 20) -> Failure {
    var left = bytes
    func cut(_ text: String) -> String {
      let text = text.truncated(toUTF8: max(left, 0))
      left -= text.utf8.count
      // What the field itself takes.
      if !text.isEmpty { left -= 4 }
      return text
    }
    var failure = Failure()
    switch failureInfo {
    case .applicationFailureInfo(let info)?:
      failure.applicationFailureInfo = .with {
        $0.nonRetryable = info.nonRetryable
        $0.type = cut(info.type)
      }
      left -= 8
    case .serverFailureInfo(let info)?:
      failure.serverFailureInfo = .with { $0.nonRetryable = info.nonRetryable }
      left -= 4
    default: break
    }
    failure.source = cut(source)
    failure.message = cut(message)
    failure.stackTrace = cut(stackTrace)
    if hasCause, left > 4, depth > 0 { failure.cause = cause.truncated(to: left - 4, depth: depth - 1) }
    return failure
  }
}

extension String {
  /// The longest beginning that takes at most so many bytes.
  func truncated(toUTF8 bytes: Int) -> String {
    guard utf8.count > bytes else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: bytes)
    // Not within a character.
    while end > startIndex, UInt8(utf8[end]) & 0xc0 == 0x80 { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}
