import XCTest

@testable import HindcastRegistry

final class EnvironmentTests: XCTestCase {
  /// Storages of every kind, and a variable in each.
  private let environment = """
    namespace: env
    entries:
      - {name: os, kind: env.storage.os}
      - {name: memory, kind: env.storage.memory}
      - {name: file, kind: env.storage.file, file_path: conf/app.env}
      - {name: static, kind: env.storage.static, values: {S: static-s, EMPTY: "", NESTED: "<${env:OS_ONE}>", PORT: "7233", LOOP: "${env:LOOP}"}}
      - {name: router, kind: env.storage.router, storages: [env:memory, env:file, env:static]}
      - {name: lost, kind: env.storage.file, file_path: nowhere.env}
      - {name: one, kind: env.variable, variable: OS_ONE, storage: env:os}
      - {name: two, kind: env.variable, storage: env:os, default: two-default}
      - {name: in_file, kind: env.variable, variable: F, storage: env:file}
      - {name: commented, kind: env.variable, variable: C, storage: env:file}
      - {name: routed, kind: env.variable, variable: S, storage: env:router}
      - {name: empty, kind: env.variable, variable: EMPTY, storage: env:static, default: not-empty}
      - {name: unset, kind: env.variable, variable: UNSET, storage: env:memory}
      - {name: nested, kind: env.variable, variable: NESTED, storage: env:static}
      - {name: port, kind: env.variable, variable: PORT, storage: env:static}
      - {name: gone, kind: env.variable, variable: GONE, storage: env:lost, default: from-default}
      - {name: loop, kind: env.variable, variable: LOOP, storage: env:static}
    """
  private let process = ["OS_ONE": "one", "env:two": "", "BARE": "bare", "SECRET": "hunter2"]

  private func load(_ entries: String = "  []") throws -> Registry {
    try Registry.load(
      .memory([
        "env/_index.yaml": environment, "_index.yaml": index(entries),
        "conf/app.env": "# comment\nF = file-f # more\nC=#nothing\nF=second\nbroken\n",
      ]), processEnvironment: process)
  }

  func testLooksUpAsTheRuntimeDoes() throws {
    let registry = try load()
    XCTAssertEqual(registry.environmentVariables.count, 11)
    XCTAssertEqual(registry.environmentStorages.map(\.id.name), ["os", "memory", "file", "static", "router", "lost"])
    let resolver = registry.environment
    let found: [(name: String, namespace: String, value: String)] = [
      ("OS_ONE", "", "one"), ("env:one", "", "one"), ("one", "env", "one"),
      ("env:two", "", "two-default"), ("two", "env", "two-default"),
      ("F", "", "file-f"), ("S", "", "static-s"), ("EMPTY", "", "not-empty"), ("NESTED", "", "<one>"),
      ("GONE", "", "from-default"),
    ]
    for (name, namespace, value) in found {
      XCTAssertEqual(try resolver.value(named: name, from: namespace).revealed, value, name)
    }
    let missing: [(name: String, error: EnvironmentError)] = [
      ("BARE", .undefined(name: "BARE")), ("one", .undefined(name: "one")),
      ("UNSET", .unset(variable: EntryID(parsing: "env:unset"))),
      ("C", .unset(variable: EntryID(parsing: "env:commented"))),
      ("LOOP", .circular(EntryID(parsing: "env:loop"))),
    ]
    for (name, expected) in missing {
      XCTAssertThrowsError(try resolver.value(named: name), name) { XCTAssertEqual($0 as? EnvironmentError, expected) }
    }
  }

  func testFillsInPlaceholders() throws {
    let resolver = try load().environment
    let table: [(text: String, content: ConfigurationValue.Content)] = [
      ("plain", .string("plain")), ("${env:OS_ONE}", .string("one")),
      ("a-${env:OS_ONE}-${env:S}", .string("a-one-static-s")),
      ("${env:NOPE|inline}", .string("inline")), ("${env:env:two|inline}", .string("two-default")),
      ("${NOPE|5}", .int(5)), ("${NOPE|true}", .bool(true)), ("${NOPE|1.5}", .float(1.5)), ("${NOPE|}", .string("")),
      ("${env:PORT|1}", .int(7233)), ("${env:PORT}", .string("7233")), ("${env:S|1}", .string("static-s")),
      ("x${NOPE|5}", .string("x5")), ("${OS_ONE|5}", .string("one")),
      ("${OS_ONE}", .string("${OS_ONE}")), ("${lower|5}", .string("${lower|5}")),
      ("$${env:OS_ONE}", .string("${env:OS_ONE}")),
      ("$$", .string("$$")), ("${", .string("${")), ("${env:OS_ONE", .string("${env:OS_ONE")), ("5$", .string("5$")),
    ]
    let position = SourcePosition(file: "f", line: 1, column: 1)
    let entry = EntryID(parsing: "app:x")
    for (text, content) in table {
      let result = resolver.substitute(ConfigurationValue(.string(text), at: position), of: entry)
      XCTAssertEqual(result.value.content, content, text)
      XCTAssertEqual(result.errors, [], text)
    }
    let nested = ConfigurationValue(.list([ConfigurationValue(.string("${env:NOPE}"), at: position)]), at: position)
    let result = resolver.substitute(nested, of: entry)
    XCTAssertEqual(result.value, nested)
    XCTAssertEqual(result.errors.map(\.message), ["${env:NOPE}: environment variable not found"])
  }

  /// Every field takes a placeholder, and reads the text it gives by its own type.
  func testFieldsReadTheirTypeFromTheEnvironment() throws {
    let registry = try load(
      """
        - name: client
          kind: temporal.client
          address: "localhost:${env:PORT}"
          namespace: ${env:PORT|5}
          connection_timeout: ${NOPE|3s}
          health_check: {enabled: "${NOPE|true}"}
          auth: {type: "${NOPE|api_key}", api_key: "${env:OS_ONE}"}
        - name: worker
          kind: temporal.worker
          client: ${NOPE|app:client}
          task_queue_env: S
          worker_options:
            max_concurrent_activity_execution_size: ${env:PORT}
            build_id: inline
            build_id_env: S
            identity: inline
            identity_env: UNSET
      """)
    let client = try XCTUnwrap(try registry.clients.first?.validated())
    XCTAssertEqual(client.address, "localhost:7233")
    XCTAssertEqual(client.namespace, "7233")
    XCTAssertEqual(client.connectionTimeout, .seconds(3))
    XCTAssertTrue(client.healthCheck.enabled)
    guard case .apiKey(let key) = client.authentication else { return XCTFail("no API key") }
    XCTAssertEqual(try key.load().revealed, "one")
    let worker = try XCTUnwrap(try registry.workers.first?.validated())
    XCTAssertEqual(worker.client.description, "app:client")
    XCTAssertEqual(worker.taskQueue, "static-s")
    XCTAssertEqual(worker.options.maxConcurrentActivityExecutionSize, 7233)
    XCTAssertEqual(worker.options.buildID, "inline", "build_id_env counts only where build_id is empty")
    XCTAssertEqual(worker.options.identity, "inline", "a variable without a value leaves the field")
    XCTAssertEqual(registry.warnings, [])
  }

  /// A missing variable is no reason not to replay, but one not to connect.
  func testAMissingVariableOnlyKeepsFromConnecting() throws {
    let registry = try load(
      """
        - name: client
          kind: temporal.client
          address: ${env:ADDRESS}
          connection_timeout: ${env:TIMEOUT}
          auth: {type: api_key, api_key_env: KEY}
        - {name: worker, kind: temporal.worker, client: app:client, task_queue: q, worker_options: {build_id_env: BUILD}}
      """)
    let client = try XCTUnwrap(registry.clients.first)
    XCTAssertEqual(client.connectionTimeout, .seconds(10))
    let hint =
      "variables of the process are visible only through an env.variable entry: kind: env.variable, variable: %, storage: an env.storage.os entry"
    XCTAssertThrowsError(try client.validated()) { error in
      XCTAssertEqual(
        (error as? RegistryErrors)?.errors.map(\.description),
        [
          "_index.yaml:5:14: error: app:client: ${env:ADDRESS}: environment variable not found (\(hint.replacing("%", with: "ADDRESS")))",
          "_index.yaml:6:25: error: app:client: ${env:TIMEOUT}: environment variable not found (\(hint.replacing("%", with: "TIMEOUT")))",
        ])
    }
    guard case .apiKey(let key) = client.authentication else { return XCTFail("no API key") }
    XCTAssertThrowsError(try key.load()) { error in
      XCTAssertEqual(
        "\(error)",
        "_index.yaml:7:27: error: app:client: failed to get api_key from env KEY: environment variable not found (\(hint.replacing("%", with: "KEY")))"
      )
    }
    XCTAssertEqual(
      registry.warnings.map(\.message), ["build_id_env names 'BUILD': environment variable not found"])
  }

  func testReportsWrongEntries() {
    let table: [(entry: String, problems: [String])] = [
      (
        "{name: e, kind: env.variable, variable: A-B, storage: app:os}",
        ["_index.yaml:4:45: error: app:e: invalid environment variable name: A-B (letters, digits and _ only)"]
      ),
      (
        "{name: e, kind: env.variable, storage: os}",
        [
          "_index.yaml:4:44: error: app:e: invalid storage ID format, must have both namespace and name (for example storage: app:os_env)"
        ]
      ),
      (
        "{name: e, kind: env.variable}",
        [
          "_index.yaml:4:5: error: app:e: invalid storage ID format, must have both namespace and name (for example storage: app:os_env)"
        ]
      ),
      (
        "{name: e, kind: env.variable, storage: app:oss}",
        [
          "_index.yaml:4:44: error: app:e: environment storage backend not found: storage app:oss does not exist (did you mean 'app:os'?)"
        ]
      ),
      (
        "{name: e, kind: env.variable, storage: app:v}",
        ["_index.yaml:4:44: error: app:e: storage must be an env.storage entry, but app:v is a env.variable"]
      ),
      (
        "{name: e, kind: env.variable, variable: W, storage: app:os}",
        ["_index.yaml:5:45: error: app:v: variable name already exists: W (app:e has that name)"]
      ),
      ("{name: e, kind: env.storage.file}", ["_index.yaml:4:5: error: app:e: file path must not be empty"]),
      (
        "{name: e, kind: env.storage.router, storages: []}",
        ["_index.yaml:4:51: error: app:e: router storage must have at least one storage"]
      ),
      (
        "{name: e, kind: env.storage.router, storages: [os, app:nope]}",
        [
          "_index.yaml:4:52: error: app:e: invalid storage ID format, must have both namespace and name",
          "_index.yaml:4:56: error: app:e: environment storage backend not found: storage app:nope does not exist",
        ]
      ),
      (
        "{name: e, kind: env.storage.static, values: {A: 1}}",
        ["_index.yaml:4:53: error: app:e: values.A must be a string, got an integer (put it in quotes)"]
      ),
      (
        "{name: e, kind: env.storage.os, value: 1}",
        ["_index.yaml:4:37: error: app:e: unknown field 'value' (known fields: meta)"]
      ),
    ]
    let before = "  - {name: os, kind: env.storage.os}\n"
    let after = "\n  - {name: v, kind: env.variable, variable: W, storage: app:os}"
    for (entry, expected) in table {
      XCTAssertEqual(problems(inEntries: before + "  - \(entry)" + after), expected, entry)
    }
  }
}
