/// Recognises the form of a file by its first bytes.
enum Sniff {
  /// The forms, after gzip was undone.
  enum Form: Equatable {
    /// JSON that begins at an offset, behind a byte order mark.
    case json(start: Int)
    case binary
  }

  /// The form of some bytes.
  static func form(of bytes: UnsafeBufferPointer<UInt8>, named name: String) throws(HistoryError) -> Form {
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let first = bytes.dropFirst(start).firstIndex { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    guard let first else {
      throw HistoryError(
        code: .empty, file: name, message: "the file is empty",
        hint: "Export the history again, for example with `temporal workflow show --output json`")
    }
    let byte = bytes[first]
    // A binary message may look like “{” after a line break, but JSON does not look like a whole message.
    if bytes[0] == WireReader.firstFieldTag, WireReader.isMessage(UnsafeRawBufferPointer(bytes)) { return .binary }
    if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { return .json(start: start) }
    if bytes[0] == WireReader.firstFieldTag { return .binary }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw HistoryError(
        code: .unrecognized, file: name, offset: 0, message: "the file is text in UTF-16",
        hint: "Older versions of PowerShell write UTF-16 with “>”; save the file as UTF-8")
    }
    if bytes.starts(with: Array("event".utf8)) || byte == UInt8(ascii: "P") || byte == UInt8(ascii: "<") {
      throw HistoryError(
        code: .unrecognized, file: name, offset: first, message: "the file is text, but not JSON",
        hint: "Export the history with `temporal workflow show --output json`")
    }
    throw HistoryError(
      code: .unrecognized, file: name, offset: first,
      message:
        "the file is neither JSON nor a binary history (its first byte is 0x\(String(byte, radix: 16, uppercase: true)))",
      hint: "Export the history with `temporal workflow show --output json`")
  }
}
