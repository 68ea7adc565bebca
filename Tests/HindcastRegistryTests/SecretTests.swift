import XCTest

@testable import HindcastRegistry

/// No text that is made for people holds a secret.
final class SecretTests: XCTestCase {
  private let secret = "hunter2"

  func testPrintsAsDots() {
    let value = Secret(secret)
    var dumped = ""
    dump([value], to: &dumped)
    for text in ["\(value)", String(reflecting: value), String(reflecting: ["k": value]), dumped] {
      XCTAssertFalse(text.contains(secret), text)
    }
  }

  func testNothingAnAppSaysHoldsASecret() throws {
    let entries = """
        - {name: s, kind: env.storage.static, values: {K: hunter2, N: "-hunter2s"}}
        - {name: os, kind: env.storage.os}
        - {name: k, kind: env.variable, variable: K, storage: app:s, default: hunter2}
        - {name: n, kind: env.variable, variable: N, storage: app:s}
        - {name: p, kind: env.variable, variable: P, storage: app:os}
        - name: direct
          kind: temporal.client
          address: a
          auth: {type: api_key, api_key: hunter2, api_key_file: f}
        - name: filled
          kind: temporal.client
          address: a
          connection_timeout: ${env:N}
          namespace: ${env:P}
          health_check: {enabled: "${env:K}"}
          tls: {enabled: "${env:P}"}
          lifecycle: {startup: "${env:K}", restart: {max_attempts: "${env:P}"}}
          auth: {type: "${env:P}", api_key: "${env:K}"}
        - {name: typed, kind: temporal.client, address: b, auth: {type: mtls, key_pem: [hunter2], cert_pem: hunter2}}
      """
    let (registry, errors) = Registry.inspect(
      .memory(["_index.yaml": index(entries)]), processEnvironment: ["P": secret])
    XCTAssertGreaterThan(errors.count, 5)
    var dumped = ""
    dump(registry, to: &dumped)
    let texts =
      errors.map(\.description) + registry.warnings.map(\.description) + registry.entries.map { "\($0.data)" }
      + registry.clients.map { "\($0.authentication) \($0.environmentErrors)" } + [dumped]
    for text in texts {
      for line in text.split(separator: "\n") where line.contains(secret) {
        // The namespace is a plain field that a user chose to fill from the environment; nothing else may be shown.
        XCTAssertTrue(line.hasSuffix("- namespace: \"hunter2\""), "\(line)")
      }
    }
  }
}
