import XCTest

@testable import HindcastRegistry

final class TemporalClientTests: XCTestCase {
  /// Fields of a client, one a line from line 5 on, and what is said of them.
  private let table: [(fields: [String], problems: [String])] = [
    (
      [],
      ["_index.yaml:3:5: error: app:client: address is required (for example address: \"localhost:7233\")"]
    ),
    (
      ["adress: \"a:1\""],
      [
        "_index.yaml:3:5: error: app:client: address is required (for example address: \"localhost:7233\")",
        "_index.yaml:5:5: error: app:client: unknown field 'adress' (did you mean 'address'?)",
      ]
    ),
    (
      ["address: 7233"],
      [
        "_index.yaml:5:14: error: app:client: address must be a string, got an integer (put it in quotes: \"7233\")"
      ]
    ),
    (
      ["address: a", "zone: 1"],
      [
        "_index.yaml:6:5: error: app:client: unknown field 'zone' (known fields: address, namespace, tq_prefix, connection_timeout, keep_alive_time, keep_alive_timeout, auth, tls, health_check, lifecycle, meta)"
      ]
    ),
    (
      ["address: a", "connection_timeout: 10", "keep_alive_time: 10 seconds", "keep_alive_timeout: 1x"],
      [
        "_index.yaml:6:25: error: app:client: invalid connection_timeout: must be a duration string such as \"10s\", got an integer (write \"10s\" for seconds or \"10ms\" for milliseconds)",
        "_index.yaml:7:22: error: app:client: invalid keep_alive_time: time: unknown unit \" seconds\" in duration \"10 seconds\" (for example \"10s\", \"1m30s\" or \"500ms\")",
        "_index.yaml:8:25: error: app:client: invalid keep_alive_timeout: time: unknown unit \"x\" in duration \"1x\" (for example \"10s\", \"1m30s\" or \"500ms\")",
      ]
    ),
    (
      ["address: a", "connection_timeout: -1s", "keep_alive_time: -1s", "keep_alive_timeout: -1s"],
      [
        "_index.yaml:6:25: error: app:client: connection timeout must be >= 0",
        "_index.yaml:7:22: error: app:client: keep alive time must be >= 0",
        "_index.yaml:8:25: error: app:client: keep alive timeout must be >= 0",
      ]
    ),
    (
      ["address: a", "auth: {type: api-key}"],
      ["_index.yaml:6:18: error: app:client: invalid auth type: api-key (did you mean 'api_key'?)"]
    ),
    (
      ["address: a", "auth: {type: api_key}"],
      [
        "_index.yaml:6:11: error: app:client: API key source is required (give one of api_key, api_key_env, api_key_file)"
      ]
    ),
    (
      ["address: a", "auth: {type: api_key, api_key: s, api_key_file: f}"],
      [
        "_index.yaml:6:39: error: app:client: multiple API key sources specified (keep one of api_key, api_key_file)"
      ]
    ),
    (
      ["address: a", "auth: {type: mtls}"],
      [
        "_index.yaml:6:11: error: app:client: mTLS certificate is required (give one of cert_file, cert_pem)",
        "_index.yaml:6:11: error: app:client: mTLS key is required (give one of key_file, key_pem, key_pem_env)",
      ]
    ),
    (
      ["address: a", "auth: {type: mtls, cert_file: a, cert_pem: b, key_file: c, key_pem: d}"],
      [
        "_index.yaml:6:38: error: app:client: multiple mTLS certificate sources specified (keep one of cert_file, cert_pem)",
        "_index.yaml:6:64: error: app:client: multiple mTLS key sources specified (keep one of key_file, key_pem)",
      ]
    ),
    (
      ["address: a", "auth: {api_key: s}"],
      [
        "_index.yaml:6:12: warning: app:client: auth.api_key is ignored because auth.type is none (set auth.type to api_key)"
      ]
    ),
    (
      ["address: a", "auth: {type: api_key, api_key_file: f, cert_pem_env: X}"],
      [
        "_index.yaml:6:58: warning: app:client: auth.cert_pem_env names 'X': environment variable not found (variables of the process are visible only through an env.variable entry: kind: env.variable, variable: X, storage: an env.storage.os entry)"
      ]
    ),
    (
      ["address: a", "tls: {enabled: true, insecure_skip_verify: true, server_name: x}"],
      ["_index.yaml:6:48: error: app:client: cannot use insecure skip verify with server name"]
    ),
    (
      ["address: a", "tls: {enabled: true, insecure_skip_verify: true}"],
      [
        "_index.yaml:6:48: warning: app:client: TLS certificate verification is disabled (for development only)"
      ]
    ),
    (["address: a", "tls: {insecure_skip_verify: true, server_name: x}"], []),
    (
      ["address: a", "tls: {enabled: yes}"],
      ["_index.yaml:6:20: error: app:client: tls.enabled must be true or false, got a string (write true)"]
    ),
    (
      ["address: a", "health_check: {enabled: true, interval: -5s}"],
      ["_index.yaml:6:45: error: app:client: health check interval must be > 0 when enabled"]
    ),
    (
      ["address: a", "health_check: {interval: soon}"],
      [
        "_index.yaml:6:30: error: app:client: invalid interval: time: invalid duration \"soon\" (for example \"10s\", \"1m30s\" or \"500ms\")"
      ]
    ),
    (
      ["address: a", "lifecycle: {auto_strat: true, restart: {jiter: 1}, startup: maybe}"],
      [
        "_index.yaml:6:17: error: app:client: unknown field 'lifecycle.auto_strat' (did you mean 'auto_start'?)",
        "_index.yaml:6:45: error: app:client: unknown field 'lifecycle.restart.jiter' (did you mean 'jitter'?)",
        "_index.yaml:6:65: warning: app:client: lifecycle.startup cannot be 'maybe' (one of required, optional)",
      ]
    ),
    (
      ["address: a", "lifecycle: {requires: [app:client, app:nobody], depends_on: app:x}"],
      [
        "_index.yaml:6:28: error: app:client: lifecycle.requires names the entry itself",
        "_index.yaml:6:40: error: app:client: lifecycle.requires app:nobody does not exist",
        "_index.yaml:6:65: error: app:client: lifecycle.depends_on must be a list of entry IDs, got a string (put it in brackets: [\"app:x\"])",
      ]
    ),
    (["address: a", "auth:", "tls: null", "namespace: \"\"", "connection_timeout: \"\""], []),
  ]

  func testReportsEveryProblemWhereItIs() {
    for (fields, expected) in table {
      let entry = (["- name: client", "  kind: temporal.client"] + fields.map { "  " + $0 }).map { "  " + $0 }
      XCTAssertEqual(problems(inEntries: entry.joined(separator: "\n")), expected, fields.joined(separator: " · "))
    }
  }

  func testReadsEveryField() throws {
    let registry = try Registry.load(
      .memory([
        "_index.yaml": index(
          """
            - name: client
              kind: temporal.client
              address: cloud:7233
              namespace: prod
              tq_prefix: "eu-"
              connection_timeout: 1m
              keep_alive_time: 1s
              keep_alive_timeout: 2s
              auth: {type: mtls, cert_pem: CERT, key_file: k.pem}
              tls: {enabled: true, ca_file: ca.pem, server_name: s}
              health_check: {enabled: true, interval: 5s}
              lifecycle:
                auto_start: true
                requires: [a:b]
                depends_on: [a:b, {ns: a, name: c}]
                startup: optional
                start_timeout: 1s
                stop_timeout: 2s
                stable_threshold: 3s
                restart: {initial_delay: 4s, max_delay: 5s, backoff_factor: 3, jitter: 0.5, max_attempts: 6}
                security: {actor: {id: x}}
              meta: {team: payments}
            - {name: worker, kind: temporal.worker, client: client, task_queue: q}
          """),
        "other.yaml":
          "namespace: a\nentries: [{name: b, kind: process.host}, {name: c, kind: process.host, any: {thing: [1]}}]",
      ]), processEnvironment: [:])
    let client = try XCTUnwrap(registry.client(EntryID(parsing: "app:client")))

    XCTAssertEqual(client.position.description, "_index.yaml:3:5")
    XCTAssertEqual(client.address, "cloud:7233")
    XCTAssertEqual(client.namespace, "prod")
    XCTAssertEqual(client.connectionTimeout, .seconds(60))
    XCTAssertEqual(client.keepAliveTime, .seconds(1))
    XCTAssertEqual(client.keepAliveTimeout, .seconds(2))
    XCTAssertEqual(client.tls?.caFile, "ca.pem")
    XCTAssertEqual(client.tls?.serverName, "s")
    XCTAssertTrue(client.usesTLS)
    XCTAssertEqual(client.healthCheck.interval, .seconds(5))
    XCTAssertEqual(client.lifecycle.requiredServices.map(\.description), ["a:b", "a:c"])
    XCTAssertEqual(client.lifecycle.startup, .optional)
    XCTAssertEqual(client.lifecycle.startTimeout, .seconds(1))
    XCTAssertEqual(client.lifecycle.stopTimeout, .seconds(2))
    XCTAssertEqual(client.lifecycle.stableThreshold, .seconds(3))
    XCTAssertEqual(client.lifecycle.restart.initialDelay, .seconds(4))
    XCTAssertEqual(client.lifecycle.restart.maxDelay, .seconds(5))
    XCTAssertEqual(client.lifecycle.restart.backoffFactor, 3)
    XCTAssertEqual(client.lifecycle.restart.jitter, 0.5)
    XCTAssertEqual(client.lifecycle.restart.maxAttempts, 6)
    XCTAssertEqual(client.lifecycle.security.description, "{actor: {id: \"x\"}}")
    XCTAssertEqual(client.meta["team"]?.string, "payments")
    guard case .mutualTLS(let certificate, let key) = client.authentication else { return XCTFail("not mTLS") }
    XCTAssertEqual(try certificate.load().revealed, "CERT")
    XCTAssertThrowsError(try key.load()) { error in
      XCTAssertEqual("\(error)", "_index.yaml:11:40: error: app:client: failed to read key_file k.pem: no such file")
    }
    let worker = try XCTUnwrap(registry.workers.first)
    XCTAssertEqual(worker.client, client.id, "a client without a namespace is looked up in the worker's")
    XCTAssertEqual(registry.taskQueue(of: worker), "eu-q")
  }

  /// Credentials turn TLS on, whatever `tls.enabled` says.
  func testDecidesOnTLS() throws {
    let table: [(fields: String, usesTLS: Bool)] = [
      ("", false), ("tls: {enabled: false}", false), ("tls: {enabled: true}", true),
      ("auth: {type: api_key, api_key: x}", true), ("auth: {type: api_key, api_key: x}, tls: {enabled: false}", true),
      ("auth: {type: mtls, cert_file: c, key_file: k}", true),
    ]
    for (fields, usesTLS) in table {
      let text = index("  - {name: c, kind: temporal.client, address: a, \(fields)}")
      let client = try Registry.load(.memory(["_index.yaml": text]), processEnvironment: [:]).clients.first
      XCTAssertEqual(client?.usesTLS, usesTLS, fields)
    }
  }
}
