/// A process id of the runtime: `{node@host|unique}` or `{host|unique}`.
package struct ProcessID: Hashable, Sendable {
  package var node = ""
  package var host = ""
  package var unique = ""

  /// The sender of system events.
  static let topology = ProcessID(unique: "topology")

  package init(node: String = "", host: String = "", unique: String) {
    self.node = node
    self.host = host
    self.unique = unique
  }

  /// Reads a process id; nil for text without braces or without a bar. Of three parts the middle one is dropped.
  package init?(parsing text: String) {
    guard text.utf8.count >= 3, text.hasPrefix("{"), text.hasSuffix("}") else { return nil }
    let parts = text.dropFirst().dropLast().split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2 else { return nil }
    let place = parts[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(
      node: place.count == 2 ? String(place[0]) : "", host: String(place[place.count - 1]),
      unique: String(parts[parts.count - 1]))
  }

  package var isEmpty: Bool { node.isEmpty && host.isEmpty && unique.isEmpty }

  package var text: String { node.isEmpty ? "{\(host)|\(unique)}" : "{\(node)@\(host)|\(unique)}" }
}
