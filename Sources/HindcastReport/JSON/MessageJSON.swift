import SwiftProtobuf

extension JSONObject {
  /// A message on one line, map keys sorted.
  static func json(of message: some Message) -> String {
    var options = JSONEncodingOptions()
    options.useDeterministicOrdering = true
    // What cannot be written, such as an `Any` of a type that nobody knows, must not cost the rest of the report.
    return (try? message.jsonString(options: options)) ?? "{}"
  }
}
