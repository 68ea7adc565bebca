import Foundation
import HindcastTestSupport
import XCTest

@testable import HindcastRegistry

/// Which files belong to an app, what stands in them, and what `file://` takes in.
final class AppFilesTests: XCTestCase {
  private func names(_ files: [String: String]) -> [String] {
    Registry.inspect(.memory(files), processEnvironment: [:]).registry.entries.map { "\($0.id)" }
  }

  func testTakesEveryRegistryFileInOrder() {
    let entry = { (name: String) in "namespace: app\nentries: [{name: \(name), kind: x.y}]" }
    XCTAssertEqual(
      names([
        "b.yaml": entry("b"), "a/z.yml": entry("az"), "a.yaml": entry("a"), "a/b/_index.yaml": entry("abi"),
        "single.json": #"{"namespace": "one", "name": "s", "kind": "k", "field": 1, "requirements": []}"#,
        "notes.yaml": "title: notes", "blank.yaml": "namespace: \" \"\nentries: [{name: no, kind: k}]",
        "list.yaml": "- 1", "expected.yaml": "happy.json: passed", "script.lua": "namespace: app",
        "happy.json": #"{"events": [{"namespace": "x", "entries": 1}]}"#, "bare.json": #"[{"eventId": 1}]"#,
      ]), ["app:abi", "app:az", "app:a", "app:b", "one:s"])
  }

  func testDataAndMetaAreMerged() throws {
    let registry = try Registry.load(
      .memory([
        "_index.yaml": """
        namespace: a
        meta: {x: 1, y: {z: 1}}
        entries:
          - {name: plain, kind: k, field: 1, meta: {y: 2}}
          - {name: data, kind: k, field: 1, data: {other: 2}}
        """
      ]), processEnvironment: [:])
    XCTAssertEqual(registry[EntryID(parsing: "a:plain")]?.data.description, "{field: 1}")
    XCTAssertEqual(registry[EntryID(parsing: "a:plain")]?.meta.description, "{y: 2, x: 1}")
    XCTAssertEqual(registry[EntryID(parsing: "a:data")]?.data.description, "{other: 2}")
    XCTAssertNil(registry[EntryID(parsing: "a:nobody")])
  }

  func testReportsWrongFiles() {
    let table: [(name: String, text: String, problems: [String])] = [
      (
        "_index.yaml", "namespace: app",
        ["_index.yaml:1:1: error: either entries array or single entry (name/kind) must be provided"]
      ),
      (
        "x.yaml", "namespace: app\nentires: []",
        [
          "x.yaml:2:1: error: either entries array or single entry (name/kind) must be provided (did you mean 'entries' instead of 'entires'?)"
        ]
      ),
      (
        "kustomization.yaml", "namespace: default\nresources: []",
        [
          "error: no registry entries found (entries stand in .yaml, .yml or .json files with a namespace, as a rule in _index.yaml)",
          "kustomization.yaml:1:1: warning: either entries array or single entry (name/kind) must be provided",
        ]
      ),
      (
        "_index.yaml", "namespace: 5\nentries: []",
        ["_index.yaml:1:12: error: namespace must be a string, got an integer (put it in quotes)"]
      ),
      (
        "_index.yaml", "namespace: a\nentries: {name: x}",
        ["_index.yaml:2:10: error: entries must be a list, got a map (start every entry with '- name:')"]
      ),
      (
        "_index.yaml",
        "namespace: a\nversoin: 1\nentries:\n  - x\n  - {kind: k}\n  - {name: 5, kind: k}\n  - {name: n, knid: k}",
        [
          "_index.yaml:4:5: error: entry[0] must be a map, got a string",
          "_index.yaml:5:5: error: entry[1].name: name is required and must be a non-empty string",
          "_index.yaml:6:12: error: entry[2].name: name is required and must be a non-empty string",
          "_index.yaml:7:15: error: entry[3].kind: kind is required and must be a non-empty string (did you mean 'kind' instead of 'knid'?)",
          "_index.yaml:2:1: warning: unknown field 'versoin' beside entries is ignored (did you mean 'version'?)",
        ]
      ),
      (
        "_index.yaml", "namespace: a\nmeta: 1\nentries: [{name: n, kind: k, meta: [], data: 5}]",
        [
          "_index.yaml:2:7: error: meta must be a map, got an integer",
          "_index.yaml:3:36: error: a:n: meta must be a map, got a list",
          "_index.yaml:3:46: error: a:n: data must be a map, got an integer",
        ]
      ),
      (
        "_index.yaml", "namespace: a\nentries:\n  - {name: n, kind: k}\n  - {name: n, kind: k}",
        ["_index.yaml:4:5: error: a:n: the entry is defined twice (first defined at _index.yaml:3:5)"]
      ),
      (
        "_index.yaml", "namespace: a\nentries: [{name: n, kind: k, a: 1, a: 2}]",
        ["_index.yaml:2:36: error: key 'a' is already set at line 2"]
      ),
      (
        "late.yaml", String(repeating: "# a long head\n", count: 1000) + "namespace: a\nentries: [",
        [
          "late.yaml:1002:11: error: not valid YAML: did not find expected node content while parsing a flow node"
        ]
      ),
      (
        "x.json", #"{"kind": "k.k", "data": [{"namespace": 1}], "na\u006de": "n", "namespace" : "a"}"#, []
      ),
      (
        "_index.json", "{\"namespace\": \"a\",",
        [
          "_index.json:1:19: error: not valid JSON: did not find expected node content while parsing a flow node"
        ]
      ),
    ]
    for (name, text, expected) in table { XCTAssertEqual(problems(in: [name: text]), expected, text) }
  }

  /// A broken file that is not meant for the registry is none of its business.
  func testLeavesForeignFilesAlone() {
    let files = [
      "_index.yaml": index(clientAndWorker), "helm/x.yaml": "a: {{ .Values.x }}", "k8s.yaml": "a: 1\n---\nb: 2",
      "broken.json": "{\"a\": [", "odd.json": "{\"a\": \"namespace\", \"b\": {\"namespace\": 1}, \"c\\",
      "data.json": "nothing", "dup.yaml": "a: 1\na: 2",
    ]
    XCTAssertEqual(problems(in: files), [])
  }

  func testTakesInFiles() {
    let files = ["main.lua": "m", "lib/util.lua": "u", "app/inner/_index.yaml": ""]
    let table: [(path: String, text: String?)] = [
      ("file://main.lua", nil), ("file:///main.lua", "m"), ("file://../../main.lua", "m"),
      ("file:///app/../lib//./util.lua", "u"), ("file://./../../lib/util.lua", "u"),
    ]
    for (path, text) in table {
      let entry = "namespace: a\nentries: [{name: l, kind: library.lua, source: \"\(path)\"}]"
      let (registry, errors) = Registry.inspect(
        .memory(files.merging(["app/inner/_index.yaml": entry]) { $1 }), processEnvironment: [:])
      XCTAssertEqual(errors.isEmpty, text != nil, path)
      if let text { XCTAssertEqual(registry.luaEntries.first?.source.text, text, path) }
    }
  }

  func testRefusesWrongFiles() {
    let table: [(path: String, problem: String)] = [
      ("file://", "interpolation error: empty file path in file:// URL"),
      (
        "file://../secret.lua",
        "interpolation error: path traversal detected in file path: ../secret.lua (files must lie in the app's source directory)"
      ),
      (
        "file:///../secret.lua",
        "interpolation error: path traversal detected in file path: /../secret.lua (files must lie in the app's source directory)"
      ),
      (
        "file://a/../../x.lua",
        "interpolation error: path traversal detected in file path: a/../../x.lua (files must lie in the app's source directory)"
      ),
      ("file://.", "interpolation error: invalid file path: \".\""),
      ("file://main.lua\\0.txt", "interpolation error: invalid file path: \"main.lua\\0.txt\""),
      (
        "file://man.lua", "interpolation error: failed to read file man.lua: no such file (did you mean 'main.lua'?)"
      ),
      ("file://lib/other.lua", "interpolation error: failed to read file lib/other.lua: no such file"),
    ]
    for (path, expected) in table {
      let found = problems(
        inEntries: "  - {name: l, kind: library.lua, source: \"\(path)\"}", files: ["main.lua": "m", "lib/y.lua": "y"])
      XCTAssertEqual(found, ["_index.yaml:3:42: error: app:l: \(expected)"], path)
    }
  }

  /// An entry whose code is missing is no entry that could run.
  func testAnEntryWithoutItsFileIsLeftOut() {
    let registry = Registry.inspect(
      .memory(["_index.yaml": index("  - {name: l, kind: library.lua, source: \"file://x.lua\"}")])
    ).registry
    XCTAssertEqual(registry.luaEntries, [])
    XCTAssertEqual(registry.entries.count, 1)
  }

  func testReadsRegularFilesOnly() throws {
    let directory = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(atPath: directory.path + "/zero.lua", withDestinationPath: "/dev/zero")
    try FileManager.default.createSymbolicLink(atPath: directory.path + "/loop", withDestinationPath: directory.path)
    XCTAssertEqual(mkfifo(directory.path + "/pipe.lua", 0o600), 0)
    XCTAssertEqual(mkfifo(directory.path + "/pipe.yaml", 0o600), 0)
    try directory.write("", to: "folder.lua/x")
    let names = ["zero", "pipe", "folder"]
    let entries = names.map { "  - {name: \($0), kind: library.lua, source: \"file://\($0).lua\"}" }
    try directory.write(index(entries.joined(separator: "\n")), to: "_index.yaml")
    let errors = Registry.inspect(.directory(directory.path), processEnvironment: [:]).errors
    XCTAssertEqual(
      errors.map(\.message),
      [
        "interpolation error: failed to read file \(directory.path)/zero.lua: it is not a regular file",
        "interpolation error: failed to read file \(directory.path)/pipe.lua: it is not a regular file",
        "interpolation error: failed to read file \(directory.path)/folder.lua: it is a directory",
      ])
    XCTAssertEqual(errors.first?.position?.file, directory.path + "/_index.yaml")
  }

  func testWippyLockNamesTheDirectories() throws {
    let directory = try TemporaryFolder()
    let entry = { (name: String) in "namespace: app\nentries: [{name: \(name), kind: x.y}]" }
    try directory.write("directories:\n  src: ./src\n  modules: .wippy\nmodules: []\n", to: "wippy.lock")
    try directory.write(entry("src"), to: "src/_index.yaml")
    try directory.write(
      index("  - {name: l, kind: library.lua, source: \"file:///top.lua\"}"), to: "src/flows/_index.yaml")
    try directory.write("t", to: "src/top.lua")
    try directory.write(entry("hidden"), to: "src/.hidden/_index.yaml")
    try directory.write(entry("node"), to: "src/node_modules/_index.yaml")
    try directory.write(entry("module"), to: ".wippy/vendor/m/_index.yaml")
    try directory.write(entry("other"), to: "other/_index.yaml")
    let registry = try Registry.load(directory: directory.path, processEnvironment: [:])
    XCTAssertEqual(registry.entries.map(\.id.name), ["src", "l", "module"])
    XCTAssertEqual(registry.luaEntries.first?.source.relativePath, "src/top.lua")

    try directory.write("directories: {src: ../elsewhere}", to: "wippy.lock")
    XCTAssertThrowsError(try Registry.load(directory: directory.path)) { error in
      XCTAssertEqual(
        "\(error)",
        "\(directory.path)/wippy.lock:1:20: error: directories.src leads out of the project: ../elsewhere")
    }
  }

  func testADirectoryWithoutEntriesIsAnError() throws {
    let directory = try TemporaryFolder()
    XCTAssertThrowsError(try Registry.load(directory: directory.path)) { error in
      XCTAssertTrue("\(error)".hasPrefix("error: no registry entries found in \(directory.path) ("), "\(error)")
    }
    XCTAssertThrowsError(try Registry.load(directory: directory.path + "/nope")) { error in
      XCTAssertEqual("\(error)", "error: \(directory.path)/nope is no directory that can be read")
    }
    try directory.write("", to: "_index.yaml")
    XCTAssertThrowsError(try Registry.load(directory: directory.path + "/_index.yaml")) { error in
      XCTAssertEqual(
        "\(error)",
        "error: \(directory.path)/_index.yaml is no directory that can be read (name the directory that the file is in)"
      )
    }
  }
}
