/// The histories of a folder as a JUnit test suite.
struct JUnitSuite {
  /// How a case ended.
  enum Result {
    case passed
    case skipped(String)
    case failure(type: String, message: String, text: String)
    case error(type: String, message: String, text: String)
  }

  private let name: String
  private var cases = ""
  private var tests = 0
  private var failures = 0
  private var errors = 0
  private var skipped = 0
  private var seconds = 0.0
  private var apps: [String] = []
  /// What there is to say of histories that is no failure. Cases have no room for it in every schema.
  var remarks = ""

  init(name: String) { self.name = name }

  var isEmpty: Bool { tests == 0 }

  /// Notes a folder whose code ran.
  mutating func note(app: String) {
    if !apps.contains(app) { apps.append(app) }
  }

  /// Adds a case.
  mutating func add(_ result: Result, name: String, className: String, seconds: Double) {
    tests += 1
    if seconds.isFinite { self.seconds += seconds }
    var children = ""
    switch result {
    case .passed: break
    case .skipped(let message):
      skipped += 1
      children = XMLElement("skipped", ["message": message]).around("")
    case .failure(let type, let message, let text):
      failures += 1
      children = XMLElement("failure", ["type": type, "message": message]).text(text)
    case .error(let type, let message, let text):
      errors += 1
      children = XMLElement("error", ["type": type, "message": message]).text(text)
    }
    cases +=
      XMLElement(
        "testcase", ["classname": className, "name": name.isEmpty ? "-" : name, "time": Self.decimal(seconds)]
      ).around(children)
  }

  /// The suite. The schemas disagree about which attributes must be there; these satisfy them all.
  func xml(id: Int, context: ReportContext) -> String {
    var properties = XMLElement("property", ["name": "hindcast", "value": context.version]).around("")
    for app in apps { properties += XMLElement("property", ["name": "app", "value": app]).around("") }
    let children =
      XMLElement("properties").around(properties) + cases + XMLElement("system-out").text(remarks)
      + XMLElement("system-err").text("")
    return XMLElement(
      "testsuite",
      [
        "name": name, "package": name, "id": String(id), "tests": String(tests), "failures": String(failures),
        "errors": String(errors), "skipped": String(skipped), "time": Self.decimal(seconds),
        "timestamp": String((context.startTime ?? "1970-01-01T00:00:00Z").prefix(19)), "hostname": "localhost",
      ]
    ).around(children)
  }

  /// Seconds without an exponent, and with no more digits than the schemas know.
  private static func decimal(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds > 0, seconds < 1e12 else { return "0" }
    let millis = Int((seconds * 1000).rounded())
    let fraction = String(millis % 1000)
    return "\(millis / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}
