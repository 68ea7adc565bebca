#if GRPC
import ArgumentParser
import HindcastHistory
import HindcastRegistry

/// Tells apps apart by what their workflows do: the entries, and the Lua behind them.
enum AppDigest {
  /// Two hashes, since one of 64 bits says less than a digest should.
  private static let hashes = [SipHash(0, 0), SipHash(0, 1)]

  /// A digest of the app and of this version of the tool, the same on every machine.
  static func digest(of registry: Registry, version: String = Hindcast.configuration.version) -> String {
    var bytes = Array(version.utf8)
    func add(_ part: some Sequence<UInt8>) {
      let part = Array(part)
      // With its length in front no two lists of parts give the same bytes.
      bytes += withUnsafeBytes(of: UInt64(part.count).littleEndian) { Array($0) } + part
    }
    for entry in registry.luaEntries.sorted(by: { $0.id.description < $1.id.description }) {
      add(entry.id.description.utf8)
      add(entry.kind.rawValue.utf8)
      add(entry.method.utf8)
      add(entry.workflowName.utf8)
      add(entry.modules.map(\.name).joined(separator: ",").utf8)
      add(entry.imports.map { "\($0.alias)=\($0.id)" }.joined(separator: ",").utf8)
      add(entry.meta.description.utf8)
      add(entry.source.bytes)
    }
    return hashes.map { hex($0(bytes)) }.joined()
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
#endif
