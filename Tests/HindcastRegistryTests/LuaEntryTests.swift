import HindcastTestSupport
import XCTest

@testable import HindcastRegistry

final class LuaEntryTests: XCTestCase {
  private let files = ["w.lua": "return main", "lib/util.lua": "return {}"]

  /// Entries from line 5 on, after a client and a worker, and what is said of them.
  private let table: [(entries: String, problems: [String])] = [
    (
      "  - {name: w, kind: workflow.lua, meta: {temporal: {workflow: {worker: worker}}}}",
      ["_index.yaml:5:5: error: app:w: source is required (for example source: file://main.lua)"]
    ),
    ("  - {name: f, kind: function.lua, source: x}", ["_index.yaml:5:5: error: app:f: method is required"]),
    (
      "  - {name: f, kind: function.lua, source: x, method: m, pool: {workers: 2}}",
      ["_index.yaml:5:63: error: app:f: pool.size must be greater than 0 for worker pools"]
    ),
    (
      "  - {name: f, kind: function.lua, source: x, method: m, pool: {size: -1}}",
      ["_index.yaml:5:70: error: app:f: pool.size must be greater than 0 for non-flex pools"]
    ),
    ("  - {name: f, kind: function.lua, source: x, method: m, pool: {size: 2, max_size: 4, warm_start: true}}", []),
    (
      "  - {name: w, kind: workflow.lua, source: x, modules: [json, \"\", \"a:b\", jsn]}",
      [
        "_index.yaml:5:62: error: app:w: module cannot be empty",
        "_index.yaml:5:66: error: app:w: module cannot have a namespace (libraries with an ID belong under imports)",
        "_index.yaml:5:73: error: app:w: dependency from app:w to :jsn not found (did you mean 'json'?)",
      ]
    ),
    (
      "  - {name: w, kind: workflow.lua, source: x, modules: [channel, http_client]}",
      [
        "_index.yaml:5:65: error: app:w: module does not have any allowed class (node_id=\":http_client\") (http_client is not deterministic; call a function.lua that uses it as an activity)"
      ]
    ),
    ("  - {name: f, kind: function.lua, source: x, method: m, modules: [http_client, sql, channel]}", []),
    (
      "  - {name: f, kind: function.lua, source: x, method: m, modules: [htpp_client]}",
      [
        "_index.yaml:5:67: warning: app:f: dependency from app:f to :htpp_client not found (did you mean 'http_client'?)"
      ]
    ),
    (
      "  - {name: w, kind: workflow.lua, source: x, imports: {u: app:util}}\n"
        + "  - {name: util, kind: library.lua, source: x, imports: {d: app:deep}}\n"
        + "  - {name: deep, kind: library.lua, source: x, modules: [sql]}",
      [
        "_index.yaml:7:58: error: app:w: module does not have any allowed class (node_id=\":sql\"; the workflow imports app:deep) (sql is not deterministic; call a function.lua that uses it as an activity)"
      ]
    ),
    (
      "  - {name: w, kind: workflow.lua, source: x, imports: {u: app:utill, c: app:client, f: app:f, \"\": app:f}}\n"
        + "  - {name: util, kind: library.lua, source: x}\n  - {name: f, kind: function.lua, source: x, method: m}",
      [
        "_index.yaml:5:59: error: app:w: node with ID app:utill not found (did you mean 'app:util'?)",
        "_index.yaml:5:73: error: app:w: imports.c must be a library.lua, but app:client is a temporal.client",
        "_index.yaml:5:99: error: app:w: import alias cannot be empty",
        "_index.yaml:5:88: warning: app:w: imports.f runs the code of a function.lua as a library (put shared code into a library.lua)",
        "_index.yaml:5:99: warning: app:w: imports. runs the code of a function.lua as a library (put shared code into a library.lua)",
      ]
    ),
    (
      "  - {name: w, kind: workflow.lua, source: x, imports: {u: util}}\n  - {name: util, kind: library.lua, source: x}",
      ["_index.yaml:5:59: error: app:w: node with ID :util not found (write app:util)"]
    ),
    (
      "  - {name: f, kind: function.lua, source: x, method: m, imports: {u: hub.module:test}}",
      ["_index.yaml:5:70: warning: app:f: node with ID hub.module:test not found"]
    ),
    (
      "  - {name: w, kind: workflow.lua, source: x, imports: {a: app:a}}\n"
        + "  - {name: a, kind: library.lua, source: x, imports: {b: app:b}}\n"
        + "  - {name: b, kind: library.lua, source: x, imports: {a: app:a}}",
      [
        "_index.yaml:7:58: error: app:b: adding dependency would create a cycle: app:a → app:b → app:a"
      ]
    ),
    (
      "  - {name: w, kind: workflow.lua, source: x, meta: {temporal: {workflow: {worker: wroker}}}}",
      [
        "_index.yaml:5:83: error: app:w: worker app:wroker does not exist (did you mean 'app:worker'?)"
      ]
    ),
    (
      "  - {name: w, kind: workflow.lua, source: x, meta: {temporal: {workflow: {worker: app:client}}}}",
      [
        "_index.yaml:5:83: error: app:w: worker must be a temporal.worker, but app:client is a temporal.client"
      ]
    ),
    (
      "  - {name: w, kind: workflow.lua, source: x, meta: {temporal: {workflow: {worker: worker, nmae: x}}}}",
      [
        "_index.yaml:5:91: error: app:w: unknown field 'meta.temporal.workflow.nmae' (did you mean 'name'?)"
      ]
    ),
    (
      "  - {name: w, kind: workflow.lua, source: x, meta: {temporal: {activity: {worker: worker}}}}",
      ["_index.yaml:5:64: warning: app:w: meta.temporal.activity has no effect on a workflow.lua"]
    ),
    (
      "  - {name: w, kind: workflow.lua, source: x, meta: {temporal: {workflow: {name: x}}}}",
      [
        "_index.yaml:5:64: warning: app:w: meta.temporal.workflow names no worker, so the entry is not registered (for example worker: app:worker)"
      ]
    ),
    (
      "  - {name: w, kind: workflow.lua, source: x, meta: {temproal: {workflow: {worker: worker}}}}",
      ["_index.yaml:5:53: warning: app:w: unknown field 'meta.temproal' (did you mean 'temporal'?)"]
    ),
    (
      "  - {name: v, kind: workflow.lua, source: x, meta: {temporal: {workflow: {worker: worker, name: n}}}}\n"
        + "  - {name: w, kind: workflow.lua, source: x, meta: {temporal: {workflow: {worker: app:worker, name: n}}}}",
      [
        "_index.yaml:6:83: error: app:w: workflow n already registered (app:v at _index.yaml:5:5 has that name on app:worker)"
      ]
    ),
    (
      "  - {name: w, kind: workflow.lua, sorce: x, source: y, security: []}",
      [
        "_index.yaml:5:35: error: app:w: unknown field 'sorce' (did you mean 'source'?)",
        "_index.yaml:5:56: warning: app:w: unknown field 'security' is ignored (known fields: source, method, modules, imports, meta)",
      ]
    ),
    (
      "  - {name: w, kind: workflow.lua.bc, fs: a, path: b, hash: c}",
      [
        "_index.yaml:5:5: error: app:w: workflow.lua.bc holds code precompiled for Wippy's own virtual machine, which no other can run (give the source instead: kind: workflow.lua, source: file://…)"
      ]
    ),
    (
      "  - {name: w, kind: workfow.lua, source: x}\n  - {name: x, kind: function.wasm}",
      [
        "_index.yaml:5:5: warning: app:w: unknown kind 'workfow.lua'; the entry is ignored (did you mean 'workflow.lua'?)"
      ]
    ),
    (
      "  - {name: f, kind: function.lua, source: x, method: m, meta: {options: {activity.start_to_close_timeot: 5s, temporal.activity.heartbeat_timeout: soon, activity.summary: ok, mine: 1}}}",
      [
        "_index.yaml:5:74: warning: app:f: meta.options 'activity.start_to_close_timeot' is no activity option and is ignored (did you mean 'activity.start_to_close_timeout'?)",
        "_index.yaml:5:147: warning: app:f: meta.options 'temporal.activity.heartbeat_timeout' must be a duration string or a number of milliseconds, got \"soon\"",
      ]
    ),
  ]

  func testReportsEveryProblemWhereItIs() {
    for (entries, expected) in table {
      XCTAssertEqual(problems(inEntries: clientAndWorker + "\n" + entries), expected, entries)
    }
  }

  func testTypesEveryField() throws {
    let registry = try Registry.load(
      .memory(
        files.merging([
          "_index.yaml": """
          version: "1.0"
          namespace: shop.orders
          meta: {team: checkout, kept: file}
          entries:
            - {name: client, kind: temporal.client, address: a}
            - {name: worker, kind: temporal.worker, client: shop.orders:client, task_queue: q}
            - name: flow
              kind: workflow.lua
              source: file://w.lua
              modules: [time, channel]
              imports: {util: shop.orders:util, other: {ns: shop.orders, name: more}}
              meta:
                kept: entry
                temporal: {workflow: {worker: worker, name: Checkout}}
            - name: inline
              kind: workflow.lua
              source: |
                local a = 1
                return a
              method: run
              meta: {temporal: {workflow: {worker: worker}}}
            - {name: idle, kind: workflow.lua, source: "return 1"}
            - name: act
              kind: process.lua
              source: file:///lib/util.lua
              meta:
                options: {activity.start_to_close_timeout: 5s}
                temporal: {activity: {worker: shop.orders:worker, local: true}}
            - {name: util, kind: library.lua, source: file://lib/util.lua}
            - {name: more, kind: library.lua, source: x}
          """
        ]) { $1 }), processEnvironment: [:])

    let flow = try XCTUnwrap(registry.workflows(named: "Checkout").first)
    XCTAssertEqual(flow.id.description, "shop.orders:flow")
    XCTAssertEqual(flow.workflowName, "Checkout")
    XCTAssertEqual(flow.method, "main")
    XCTAssertEqual(flow.modules.map(\.name), ["time"], "channel is a global of every workflow")
    XCTAssertEqual(flow.imports.map { "\($0.alias)=\($0.id)" }, ["util=shop.orders:util", "other=shop.orders:more"])
    XCTAssertEqual(flow.workflow?.worker.description, "shop.orders:worker")
    XCTAssertEqual(flow.meta["kept"]?.string, "entry")
    XCTAssertEqual(flow.meta["team"]?.string, "checkout")
    XCTAssertEqual(registry.workflows(named: "shop.orders:flow").map(\.id), [flow.id], "the entry's ID is an alias")

    let inline = try XCTUnwrap(registry.workflows(named: "shop.orders:inline").first)
    XCTAssertEqual(inline.method, "run")
    XCTAssertEqual(inline.source.text, "local a = 1\nreturn a\n")
    XCTAssertEqual(inline.source.file, "_index.yaml")
    XCTAssertEqual(inline.source.lineOffset, 17)
    XCTAssertEqual(inline.source.fileLine(ofSourceLine: 2), 19)

    XCTAssertEqual(registry.workflows.map(\.id.name), ["flow", "inline"])
    XCTAssertTrue(registry.workflows(named: "shop.orders:idle").isEmpty, "registered on no worker")
    XCTAssertEqual(registry.lua(EntryID(parsing: "shop.orders:idle"))?.workflowName, "shop.orders:idle")

    let activity = try XCTUnwrap(registry.activity(named: "shop.orders:act"))
    XCTAssertEqual(activity.activity?.isLocal, true)
    XCTAssertEqual(activity.options["activity.start_to_close_timeout"]?.string, "5s")
    XCTAssertEqual(activity.source.relativePath, "lib/util.lua")
    XCTAssertEqual(registry.activities.map(\.id.name), ["act"])
    XCTAssertNil(registry.activity(named: "shop.orders:util"))
    XCTAssertEqual(registry.lua(EntryID(parsing: "shop.orders:util"))?.kind, .library)
  }

  /// Lua source need not be UTF-8, and what looks like a placeholder in it is code.
  func testSourceIsTakenAsItIs() throws {
    let directory = try TemporaryFolder()
    try directory.write(Array("return \"${env:X} ".utf8) + [0xFF, 0x22], to: "w.lua")
    try directory.write(index("  - {name: w, kind: workflow.lua, source: \"file://w.lua\"}"), to: "_index.yaml")
    let registry = try Registry.load(directory: directory.path, processEnvironment: [:])
    XCTAssertEqual(registry.luaEntries.first?.source.bytes.suffix(3), [0x20, 0xFF, 0x22])
    XCTAssertEqual(registry.luaEntries.first?.source.text.contains("${env:X}"), true)
    XCTAssertEqual(registry.luaEntries.first?.source.file, directory.path + "/w.lua")
    XCTAssertEqual(registry.luaEntries.first?.source.relativePath, "w.lua")
  }
}
