import HindcastHistory
import SwiftProtobuf
import TemporalAPI

/// Collects the fields in which a command and its event differ.
struct FieldComparer {
  private(set) var differences: [FieldDifference] = []

  mutating func text(_ field: String, expected: String, actual: String) {
    if expected != actual { differences.append(FieldDifference(field: field, expected: expected, actual: actual)) }
  }

  mutating func payloads(_ field: String, expected: Payloads, actual: Payloads) {
    guard !Self.areEqual(expected, actual) else { return }
    for index in 0..<max(expected.payloads.count, actual.payloads.count) {
      let left = index < expected.payloads.count ? expected.payloads[index] : nil
      let right = index < actual.payloads.count ? actual.payloads[index] : nil
      if let left, let right, Self.areEqual(left, right) { continue }
      differences.append(
        FieldDifference(
          field: "\(field)[\(index)]", expected: left.map { $0.summary() } ?? "(none)",
          actual: right.map { $0.summary() } ?? "(none)"))
    }
  }

  mutating func map(_ field: String, expected: [String: Payload], actual: [String: Payload]) {
    guard expected != actual else { return }
    for key in Set(expected.keys).union(actual.keys).sorted() {
      let (left, right) = (expected[key], actual[key])
      if let left, let right, Self.areEqual(left, right) { continue }
      if left == nil, right == nil { continue }
      differences.append(
        FieldDifference(
          field: "\(field).\(key)", expected: left.map { $0.summary() } ?? "(none)",
          actual: right.map { $0.summary() } ?? "(none)"))
    }
  }

  /// Compares a duration only where the code sets one: the server fills in the others.
  mutating func duration(_ field: String, expected: Google_Protobuf_Duration, actual: Google_Protobuf_Duration) {
    guard actual.seconds != 0 || actual.nanos != 0 else { return }
    text(field, expected: Self.text(expected), actual: Self.text(actual))
  }

  static func text(_ duration: Google_Protobuf_Duration) -> String {
    guard duration.nanos != 0 else { return "\(duration.seconds)s" }
    var digits = String(duration.nanos)
    digits = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(duration.seconds).\(digits)s"
  }

  /// Equal bytes, or JSON that means the same: the order of an object's keys is nobody's intention.
  static func areEqual(_ a: Payloads, _ b: Payloads) -> Bool {
    guard a.payloads.count == b.payloads.count else { return false }
    for index in a.payloads.indices where !areEqual(a.payloads[index], b.payloads[index]) { return false }
    return true
  }

  static func areEqual(_ a: Payload, _ b: Payload) -> Bool {
    if a.data == b.data { return a.metadata["encoding"] == b.metadata["encoding"] }
    guard a.metadata["encoding"] == b.metadata["encoding"] else { return false }
    return a.encoding?.hasPrefix("json/") == true && JSONEquality.areEqual(a.data, b.data)
  }
}
