/// A SARIF 2.1.0 log of one run of a tool, written object by object.
///
/// Holds no knowledge of replays, so that any command with findings can write one.
package struct SARIFLog {
  /// A rule of the tool.
  package struct Rule {
    package var id: String
    package var name: String
    package var summary: String
    package var explanation: String
    package var help: String
    package var level: Level

    package init(id: String, name: String, summary: String, explanation: String, help: String, level: Level) {
      self.id = id
      self.name = name
      self.summary = summary
      self.explanation = explanation
      self.help = help
      self.level = level
    }
  }

  /// How much a result matters.
  package enum Level: String {
    case note, warning, error
  }

  private let tool: String
  private let version: String
  private let rules: [Rule]
  private let indices: [String: Int]
  private let startTime: String?
  private var results: [String] = []
  private var notifications: [String] = []

  /// - Parameters:
  ///   - tool: the tool's name.
  ///   - startTime: when the run began, in UTC; nil to leave it out.
  package init(tool: String, version: String, rules: [Rule], startTime: String? = nil) {
    self.tool = tool
    self.version = version
    self.rules = rules
    self.startTime = startTime
    indices = Dictionary(rules.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Adds a result.
  package mutating func add(_ result: SARIFResult) { results.append(result.json(ruleIndex: indices[result.ruleID])) }

  /// Adds an error of the tool's own work, such as a file that it could not read.
  package mutating func add(notification message: String, at location: SARIFLocation?) {
    var object = JSONObject()
    object.add("level", "error")
    object.add("message", json: SARIFResult.message(message))
    if let location { object.add("locations", array: [location.json()]) }
    notifications.append(object.closed)
  }

  /// The log as JSON, a line a result.
  package var json: String {
    var driver = JSONObject()
    driver.add("name", tool)
    driver.add("version", version)
    driver.add("semanticVersion", version)
    driver.add("rules", json: Self.array(rules.map(Self.json)))
    var toolObject = JSONObject()
    toolObject.add("driver", json: driver.closed)
    var invocation = JSONObject()
    invocation.add("executionSuccessful", notifications.isEmpty)
    invocation.add("startTimeUtc", startTime)
    if !notifications.isEmpty { invocation.add("toolExecutionNotifications", json: Self.array(notifications)) }
    var root = JSONObject()
    var rootText = JSONObject()
    rootText.add("text", "The folder in which the tool was called.")
    root.add("description", json: rootText.closed)
    var bases = JSONObject()
    bases.add(SARIFLocation.base, json: root.closed)
    var run = JSONObject()
    run.add("tool", json: toolObject.closed)
    run.add("invocations", array: [invocation.closed])
    run.add("originalUriBaseIds", json: bases.closed)
    run.add("columnKind", "unicodeCodePoints")
    run.add("results", json: Self.array(results))
    var log = JSONObject()
    log.add("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
    log.add("version", "2.1.0")
    log.add("runs", array: [run.closed])
    return log.closed + "\n"
  }

  private static func array(_ elements: [String]) -> String {
    elements.isEmpty ? "[]" : "[\n" + elements.joined(separator: ",\n") + "\n]"
  }

  private static func json(_ rule: Rule) -> String {
    var object = JSONObject()
    object.add("id", rule.id)
    object.add("name", rule.name)
    object.add("shortDescription", json: SARIFResult.message(rule.summary))
    object.add("fullDescription", json: SARIFResult.message(rule.explanation))
    object.add("help", json: SARIFResult.message(rule.help))
    var configuration = JSONObject()
    configuration.add("level", rule.level.rawValue)
    object.add("defaultConfiguration", json: configuration.closed)
    return object.closed
  }
}
