#if GRPC
import Foundation
import HindcastGateway
import HindcastRegistry
import XCTest

/// A `temporal.client` entry from YAML, through the registry as an app's entries go.
///
/// - Parameters:
///   - fields: Lines of the entry, beside its name, kind and address.
///   - environment: The process environment, which variables of the app show under the same names.
func clientEntry(
  at address: ServerAddress, _ fields: String = "", environment: [String: String] = [:]
) throws -> TemporalClientConfiguration {
  let variables = environment.keys.sorted().map {
    "  - {name: v_\($0.lowercased()), kind: env.variable, variable: \($0), storage: app:os}"
  }
  let text =
    (["namespace: app", "entries:", "  - {name: os, kind: env.storage.os}"] + variables + [
      "  - name: client", "    kind: temporal.client", "    address: \"\(address)\"",
    ] + fields.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" })
    .joined(separator: "\n")
  let registry = try Registry.load(.memory(["_index.yaml": text]), processEnvironment: environment)
  return try XCTUnwrap(registry.clients.first)
}

/// Text as a YAML block below a field at the top of an entry's object.
func block(_ text: String, indent: Int = 4) -> String {
  "|\n" + text.split(separator: "\n").map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
}
#endif
