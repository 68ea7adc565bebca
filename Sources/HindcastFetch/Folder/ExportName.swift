private import HindcastHistory

/// The names of exported files: `<workflow id>.<run id>.json`, made so that any ids give a name that every file system takes,
/// that leads nowhere else, and that `hindcast replay` finds.
enum ExportName {
  static let suffix = ".json"
  /// Most file systems take 255 bytes; half of that for each part leaves room for the rest.
  private static let longest = 120
  /// Ids are the same in every process, so their hashes are.
  private static let hash = SipHash(0, 0)

  /// The name for a run.
  static func name(of run: RunKey) -> String { "\(part(run.workflowID)).\(part(run.runID))\(suffix)" }

  /// The name for a run whose usual one is that of another run, in capitals or small letters.
  static func alternativeName(of run: RunKey) -> String {
    "\(part(run.workflowID)).\(part(run.runID))~\(digest([run.workflowID, run.runID]))\(suffix)"
  }

  /// What names have in common that some file systems take for the same.
  static func folded(_ name: String) -> String { name.lowercased() }

  private static func part(_ id: String) -> String {
    var text = ""
    for byte in id.utf8 {
      let scalar = Unicode.Scalar(byte)
      // A dot in front would hide the file.
      let isPlain = isPlain(scalar) && !(text.isEmpty && scalar == ".")
      text += isPlain ? String(Character(scalar)) : "%" + hex(byte)
      if text.utf8.count > longest { return "\(text.prefix(longest - 20))~\(digest([id]))" }
    }
    return text.isEmpty ? "%" : text
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
    default: false
    }
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }

  private static func digest(_ parts: [String]) -> String {
    let text = String(hash(Array(parts.joined(separator: "\0").utf8)), radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
