#if GRPC
import Foundation
import HindcastWorker

/// Log lines as text: `time=… level=… msg=… name=value …`, one line each, for people and for tools that collect logs.
enum WorkerLogFormat {
  /// The line's text, without a line feed.
  static func text(of line: WorkerLogLine, at time: Date = Date()) -> String {
    let head = [("time", time.formatted(.iso8601)), ("level", line.level.rawValue), ("msg", line.message)]
    return (head + line.fields.map { ($0.name, $0.value) })
      .map { "\($0.0)=\(quoted($0.1))" }.joined(separator: " ")
  }

  /// A value as it stands behind the `=`: in quotes unless it is one plain word.
  private static func quoted(_ value: String) -> String {
    func isPlain(_ scalar: Unicode.Scalar) -> Bool {
      scalar.isASCII && scalar.value > 0x20 && scalar != "\"" && scalar != "=" && scalar != "\\" && scalar.value != 0x7f
    }
    if !value.isEmpty, value.unicodeScalars.allSatisfy(isPlain) { return value }
    return "\"" + value.unicodeScalars.reduce(into: "") { text, scalar in text += escaped(scalar) } + "\""
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case "\n": "\\n"
    case "\t": "\\t"
    case "\r": "\\r"
    default: scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : "\(scalar)"
    }
  }
}
#endif
