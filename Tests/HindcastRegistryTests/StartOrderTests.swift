import XCTest

@testable import HindcastRegistry

/// `lifecycle` as an order in which services start.
final class StartOrderTests: XCTestCase {
  private func registry(_ entries: String) throws -> Registry {
    try Registry.load(.memory(["_index.yaml": index(entries)]), processEnvironment: [:])
  }

  /// The order of what starts by itself, as names.
  private func order(_ entries: String, wanting: [String]? = nil) throws -> [String] {
    let registry = try registry(entries)
    let wanted = wanting?.map { EntryID(namespace: "app", name: $0) } ?? registry.autoStarted
    return registry.startOrder(of: wanted).services.map(\.id.name)
  }

  private func client(_ name: String, _ lifecycle: String = "") -> String {
    "  - {name: \(name), kind: temporal.client, address: a, lifecycle: {\(lifecycle)}}\n"
  }

  private func worker(_ name: String, _ lifecycle: String = "", client: String = "c") -> String {
    "  - {name: \(name), kind: temporal.worker, client: app:\(client), task_queue: \(name), lifecycle: {\(lifecycle)}}\n"
  }

  func testEachServiceComesAfterWhatItNeeds() throws {
    let auto = "auto_start: true"
    let cases: [(entries: String, order: [String])] = [
      // A worker needs its client, written or not, started by itself or not.
      (worker("w", auto) + client("c"), ["c", "w"]),
      (worker("w", "\(auto), depends_on: [app:c]") + client("c", auto), ["c", "w"]),
      // Nothing starts without auto_start unless it is needed.
      (client("c") + worker("w"), []),
      (client("c", auto) + worker("w"), ["c"]),
      (client("c") + worker("idle") + worker("w", "\(auto), requires: [app:v]") + worker("v"), ["c", "v", "w"]),
      // Both spellings count, and in the order of the entries where nothing else does.
      (
        client("c") + worker("d", "\(auto), depends_on: [app:a], requires: [app:b]") + worker("b") + worker("a"),
        ["c", "b", "a", "d"]
      ),
      (client("b", auto) + client("a", auto), ["b", "a"]),
      (client("c", "requires: [app:d]") + worker("w", auto) + client("d"), ["d", "c", "w"]),
    ]
    for (entries, expected) in cases { XCTAssertEqual(try order(entries), expected, entries) }
  }

  func testOnlyWhatIsWantedStarts() throws {
    let entries =
      client("c", "auto_start: true") + client("d", "auto_start: true") + worker("w", "auto_start: true")
      + worker("v", "auto_start: true", client: "d")
    XCTAssertEqual(try order(entries, wanting: ["v"]), ["d", "v"])
    XCTAssertEqual(try order(entries, wanting: ["nobody"]), [])
  }

  func testWhatIsNoServiceHereIsNamed() throws {
    let order = try registry(
      client("c") + worker("w", "auto_start: true, requires: [app:db, app:c]") + "  - {name: db, kind: db.sql.sqlite}")
    let worker = try XCTUnwrap(order.startOrder(of: order.autoStarted).services.last)
    XCTAssertEqual(worker.dependencies.map(\.name), ["c"])
    XCTAssertEqual(worker.foreignDependencies.map(\.description), ["app:db"])
  }

  func testCirclesAreReportedWhole() {
    let cases: [(entries: String, problems: [String])] = [
      (
        client("c", "requires: [app:w]") + worker("w"),
        [
          "_index.yaml:3:5: error: app:c: services need each other in a circle: app:c (_index.yaml:3:5) → app:w "
            + "(_index.yaml:4:5) → app:c (take one of them out of lifecycle.requires or depends_on)"
        ]
      ),
      // Two circles, and a service that leads into one without being in it.
      (
        client("c") + worker("in", "requires: [app:a]") + worker("a", "depends_on: [app:b]")
          + worker("b", "requires: [app:d]") + worker("d", "depends_on: [app:a]") + client("x", "requires: [app:y]")
          + client("y", "requires: [app:x]"),
        [
          "_index.yaml:5:5: error: app:a: services need each other in a circle: app:a (_index.yaml:5:5) → app:b "
            + "(_index.yaml:6:5) → app:d (_index.yaml:7:5) → app:a (take one of them out of lifecycle.requires or depends_on)",
          "_index.yaml:8:5: error: app:x: services need each other in a circle: app:x (_index.yaml:8:5) → app:y "
            + "(_index.yaml:9:5) → app:x (take one of them out of lifecycle.requires or depends_on)",
        ]
      ),
      (
        client("c") + worker("w", "requires: [app:clint]") + client("client"),
        ["_index.yaml:4:91: error: app:w: lifecycle.requires app:clint does not exist (did you mean 'app:client'?)"]
      ),
    ]
    for (entries, expected) in cases { XCTAssertEqual(problems(inEntries: entries), expected, entries) }
  }

  func testALongChainIsNoMatter() throws {
    let last = 3000
    let chain = (0..<last).map { client("n\($0)", "requires: [app:n\($0 + 1)]") }.joined() + client("n\(last)")
    XCTAssertEqual(try order(chain, wanting: ["n0"]).first, "n\(last)")
  }
}
