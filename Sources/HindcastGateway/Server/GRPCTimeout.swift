/// The header that tells a server how long its caller waits.
///
/// At most eight digits and a unit, as the gRPC protocol has it (PROTOCOL-HTTP2.md, "Timeout").
package enum GRPCTimeout {
  /// The name of the header.
  package static let header = "grpc-timeout"

  /// Reads the header's value; `nil` for what is none.
  package static func duration(_ text: String) -> Duration? {
    guard let unit = text.utf8.last, text.utf8.count <= 9, let number = Int64(Substring(text.utf8.dropLast())),
      number >= 0
    else { return nil }
    return switch Character(Unicode.Scalar(unit)) {
    case "H": .seconds(number * 3_600)
    case "M": .seconds(number * 60)
    case "S": .seconds(number)
    case "m": .milliseconds(number)
    case "u": .microseconds(number)
    case "n": .nanoseconds(number)
    default: nil
    }
  }
}
