/// A JSON object being written on one line, its members in the order in which they are added.
package struct JSONObject {
  package private(set) var text = "{"

  /// An object without members.
  package init() {}

  /// The whole object.
  package var closed: String { text + "}" }

  /// Adds a member whose value is JSON text.
  package mutating func add(_ name: String, json: String) {
    if text.utf8.count > 1 { text += "," }
    // Names are ours and need no escaping.
    text += "\"\(name)\":\(json)"
  }

  /// Adds a string.
  package mutating func add(_ name: String, _ value: String) { add(name, json: Self.quoted(value)) }

  /// Adds a string if there is one.
  package mutating func add(_ name: String, _ value: String?) {
    if let value { add(name, value) }
  }

  /// Adds an integer.
  package mutating func add(_ name: String, _ value: some BinaryInteger) { add(name, json: "\(value)") }

  /// Adds a truth value.
  package mutating func add(_ name: String, _ value: Bool) { add(name, json: value ? "true" : "false") }

  /// Adds an array of JSON texts.
  package mutating func add(_ name: String, array: [String]) {
    add(name, json: "[" + array.joined(separator: ",") + "]")
  }

  /// A string as JSON.
  package static func quoted(_ value: String) -> String {
    var text = "\""
    text.reserveCapacity(value.utf8.count + 2)
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case let scalar where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  /// A number of seconds as JSON, to the microsecond.
  package static func seconds(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let micros = (value * 1_000_000).rounded()
    return "\(micros / 1_000_000)"
  }
}
