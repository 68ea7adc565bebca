/// Replaces IDs and times that a recording made up, the same ID always by the same name.
///
/// IDs are numbered in the order in which they appear. To compare several histories of a scenario, such as those of a parent
/// and its child, use the same names for all of one recording.
public struct CanonicalNames: Sendable {
  private var numbers: [String: Int] = [:]
  private var workflowIDs: [String] = []

  /// How long a workflow ID must be to be replaced inside of other text.
  private static let shortestIDInText = 8

  /// Names for one recording, none given yet.
  public init() {}

  /// Says that an ID is a workflow's; where it appears it becomes `<workflow 1>`, or what its number is.
  public mutating func addWorkflowID(_ id: String) {
    if !id.isEmpty, !workflowIDs.contains(id) { workflowIDs.append(id) }
  }

  private mutating func name(_ id: String) -> String {
    let number = numbers[id] ?? numbers.count + 1
    numbers[id] = number
    return "<id \(number)>"
  }

  /// A text with every made-up part replaced.
  mutating func canonical(_ text: String) -> String {
    var text = text
    if let decoded = Self.encodedJSON(text) { text = decoded }
    for (index, id) in workflowIDs.enumerated() {
      if text == id { return "<workflow \(index + 1)>" }
      if id.utf8.count >= Self.shortestIDInText { text = text.replacing(id, with: "<workflow \(index + 1)>") }
    }
    let bytes = Array(text.utf8)
    // The shortest thing to replace is a time without a zone.
    guard bytes.count >= MadeUpText.shortest else { return text }
    var result: [UInt8] = []
    var position = 0
    var isChanged = false
    while position < bytes.count {
      guard let (kind, count) = MadeUpText.find(in: bytes, at: position) else {
        result.append(bytes[position])
        position += 1
        continue
      }
      isChanged = true
      switch kind {
      case .id: result += Array(name(String(decoding: bytes[position..<position + count], as: UTF8.self)).utf8)
      case .time: result += Array("<time>".utf8)
      }
      position += count
    }
    return isChanged ? String(decoding: result, as: UTF8.self) : text
  }

  /// The JSON in a token such as a Nexus callback's, which is URL-safe base64 of an object.
  private static func encodedJSON(_ text: String) -> String? {
    guard text.hasPrefix("eyJ"), text.utf8.count >= 11 else { return nil }
    let bytes = Array(text.utf8)
    let decoded = [UInt8](unsafeUninitializedCapacity: Base64.capacity(for: bytes.count)) { buffer, count in
      let written = bytes.withUnsafeBufferPointer { input -> Int? in
        guard let start = input.baseAddress, let out = buffer.baseAddress else { return nil }
        return Base64.decode(start, input.count, into: out)
      }
      count = written ?? 0
    }
    return decoded.isEmpty ? nil : String(validating: decoded, as: UTF8.self)
  }
}

/// Finds text that a recording made up: UUIDs, other IDs of 32 hexadecimal digits, and times.
enum MadeUpText {
  enum Kind {
    case id
    case time
  }

  /// How long the shortest made-up text is: `2026-01-02T03:04:05`.
  static let shortest = 19

  private static let uuid = Array("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".utf8)
  private static let time = Array("dddd-dd-ddTdd:dd:dd".utf8)

  /// What made-up text begins at a position, and how long it is.
  static func find(in bytes: [UInt8], at start: Int) -> (kind: Kind, count: Int)? {
    if matches(uuid, bytes, start) { return (.id, uuid.count) }
    if matches(time, bytes, start) { return (.time, time.count + timeSuffix(bytes, start + time.count)) }
    if start == 0 || !isHexadecimal(bytes[start - 1]) {
      var end = start
      while end < bytes.count, end - start <= 32, isHexadecimal(bytes[end]) { end += 1 }
      if end - start == 32 { return (.id, 32) }
    }
    return nil
  }

  /// Whether text matches a pattern in which `x` is a hexadecimal digit, `d` a digit and `T` a `T` or a space.
  private static func matches(_ pattern: [UInt8], _ bytes: [UInt8], _ start: Int) -> Bool {
    guard start + pattern.count <= bytes.count else { return false }
    for (offset, expected) in pattern.enumerated() {
      let byte = bytes[start + offset]
      let isMatch =
        switch expected {
        case UInt8(ascii: "x"): isHexadecimal(byte)
        case UInt8(ascii: "d"): isDigit(byte)
        case UInt8(ascii: "T"): byte == UInt8(ascii: "T") || byte == UInt8(ascii: " ")
        default: byte == expected
        }
      if !isMatch { return false }
    }
    return true
  }

  /// How many bytes of a fraction and a zone follow a time.
  private static func timeSuffix(_ bytes: [UInt8], _ start: Int) -> Int {
    var end = start
    if end + 1 < bytes.count, bytes[end] == UInt8(ascii: "."), isDigit(bytes[end + 1]) {
      end += 1
      while end < bytes.count, isDigit(bytes[end]) { end += 1 }
    }
    if end < bytes.count, bytes[end] == UInt8(ascii: "Z") { return end + 1 - start }
    for sign in ["+dd:dd", "-dd:dd"] where matches(Array(sign.utf8), bytes, end) { return end + 6 - start }
    return end - start
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte &- UInt8(ascii: "a") < 6
  }
}
