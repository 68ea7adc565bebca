/// A result of a SARIF log.
package struct SARIFResult {
  package var ruleID: String
  package var level: SARIFLog.Level
  package var message: String
  package var location: SARIFLocation
  package var related: [SARIFLocation] = []
  /// The steps that led to the place, in their order.
  package var flow: [SARIFLocation] = []
  package var stacks: [(message: String, frames: [SARIFLocation])] = []
  /// By name; what stays the same when lines move.
  package var fingerprints: [(name: String, value: String)] = []
  /// Strings for tools that know the one that wrote the log.
  package var properties: [(name: String, value: String)] = []

  package init(ruleID: String, level: SARIFLog.Level, message: String, location: SARIFLocation) {
    self.ruleID = ruleID
    self.level = level
    self.message = message
    self.location = location
  }

  func json(ruleIndex: Int?) -> String {
    var object = JSONObject()
    object.add("ruleId", ruleID)
    if let ruleIndex { object.add("ruleIndex", ruleIndex) }
    object.add("level", level.rawValue)
    object.add("message", json: Self.message(message))
    object.add("locations", array: [location.json()])
    if !related.isEmpty {
      object.add("relatedLocations", array: related.enumerated().map { $1.json(id: $0 + 1) })
    }
    if !flow.isEmpty {
      let steps = flow.map { "{\"location\":\($0.json())}" }.joined(separator: ",")
      object.add("codeFlows", json: "[{\"threadFlows\":[{\"locations\":[\(steps)]}]}]")
    }
    if !stacks.isEmpty {
      object.add(
        "stacks",
        array: stacks.map { stack in
          var object = JSONObject()
          object.add("message", json: Self.message(stack.message))
          object.add("frames", array: stack.frames.map { "{\"location\":\($0.json())}" })
          return object.closed
        })
    }
    if !fingerprints.isEmpty { object.add("partialFingerprints", json: Self.strings(fingerprints)) }
    if !properties.isEmpty { object.add("properties", json: Self.strings(properties)) }
    return object.closed
  }

  static func message(_ text: String) -> String {
    var object = JSONObject()
    object.add("text", text)
    return object.closed
  }

  private static func strings(_ members: [(name: String, value: String)]) -> String {
    var object = JSONObject()
    for (name, value) in members { object.add(name, value) }
    return object.closed
  }
}

/// A place of a SARIF log: a file and, where they are known, the line and what is to be said of it.
package struct SARIFLocation {
  /// Stands for the folder that relative addresses are relative to, as code scanning knows it.
  package static let base = "%SRCROOT%"

  /// The path of the file; relative to the base, or absolute. Nil for a place outside of files.
  package var file: String?
  package var line: Int?
  package var column: Int?
  /// The text of the line.
  package var snippet: String?
  package var message: String?
  /// A name for a place that is no line: an event of a history.
  package var logicalName: String?

  package init(
    file: String?, line: Int? = nil, column: Int? = nil, snippet: String? = nil, message: String? = nil,
    logicalName: String? = nil
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.snippet = snippet
    self.message = message
    self.logicalName = logicalName
  }

  func json(id: Int? = nil) -> String {
    var object = JSONObject()
    if let id { object.add("id", id) }
    if let file, !file.isEmpty {
      var artifact = JSONObject()
      artifact.add("uri", Self.address(of: file))
      if !file.hasPrefix("/") { artifact.add("uriBaseId", Self.base) }
      var physical = JSONObject()
      physical.add("artifactLocation", json: artifact.closed)
      // The format counts lines and columns from 1.
      if let line, line >= 1 {
        var region = JSONObject()
        region.add("startLine", line)
        if let column, column >= 1 { region.add("startColumn", column) }
        if let snippet { region.add("snippet", json: SARIFResult.message(snippet)) }
        physical.add("region", json: region.closed)
      }
      object.add("physicalLocation", json: physical.closed)
    }
    if let logicalName {
      var logical = JSONObject()
      logical.add("fullyQualifiedName", logicalName)
      object.add("logicalLocations", array: [logical.closed])
    }
    if let message { object.add("message", json: SARIFResult.message(message)) }
    return object.closed
  }

  /// A path as the address that RFC 3986 makes of it.
  static func address(of path: String) -> String {
    var text = path.hasPrefix("/") ? "file://" : ""
    var path = Substring(path)
    while path.hasPrefix("./") { path = path.dropFirst(2) }
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return text
  }
}
