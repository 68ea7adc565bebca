/// Reads one YAML or JSON file into values with positions.
///
/// Scalars follow YAML 1.2's core schema; merge keys (`<<`) are taken, as Go's YAML library does. Aliases are copied out,
/// within ``YAMLLimits``.
struct YAMLReader {
  private let events: YAMLEvents
  private let bytes: [UInt8]
  private let file: SourceFile
  private var anchors: [String: Anchor] = [:]
  private var openAnchors: Set<String> = []
  private var valueCount = 0
  /// The deepest nesting seen inside the innermost anchored value that is being read.
  private var deepest = 0
  private var duplicates: [RegistryError] = []
  /// The offset of every line.
  private lazy var lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }

  /// A named value, with what an alias to it costs.
  private struct Anchor {
    let value: ConfigurationValue
    let size: Int
    let height: Int
  }

  private init(_ bytes: [UInt8], file: SourceFile) {
    self.bytes = bytes
    self.file = file
    events = YAMLEvents(bytes)
  }

  /// Reads a file.
  ///
  /// - Returns: its value, `nil` for a file without one, and the errors that do not keep the rest from being read: names
  ///   that are set twice, of which the first value counts.
  /// - Throws: the error that ends the reading.
  static func read(
    _ bytes: [UInt8], file: SourceFile
  ) throws(RegistryError) -> (value: ConfigurationValue?, errors: [RegistryError]) {
    let isJSON = file.relativePath.hasSuffix(".json")
    var reader = YAMLReader(isJSON ? JSONEscapes.joiningSurrogates(in: bytes) : bytes, file: file)
    let value = try reader.readDocument()
    return (value, reader.duplicates)
  }

  private mutating func readDocument() throws(RegistryError) -> ConfigurationValue? {
    var value: ConfigurationValue?
    while true {
      let event = try next()
      switch event.kind {
      case .streamEnd:
        return value
      case .documentStart where value != nil:
        throw error(
          "a second document starts here", at: event,
          hint: "a registry file holds one document; put the other in a file of its own")
      case .streamStart, .documentStart, .documentEnd:
        continue
      default:
        value = try read(event, depth: 0)
      }
    }
  }

  private func next() throws(RegistryError) -> YAMLEvent {
    do {
      return try events.next()
    } catch {
      throw RegistryError(
        "not valid \(file.relativePath.hasSuffix(".json") ? "JSON" : "YAML"): \(error.message)", kind: .syntax,
        at: position(line: error.place.line, column: error.place.column))
    }
  }

  /// The value that starts with an event; its place in the anchors is kept.
  private mutating func read(_ event: YAMLEvent, depth: Int) throws(RegistryError) -> ConfigurationValue {
    try reach(depth, at: event)
    if case .alias(let name) = event.kind { return try expand(name, at: event, depth: depth) }
    let countBefore = valueCount
    let deepestBefore = deepest
    try count(1, at: event)
    if let anchor = event.anchor {
      openAnchors.insert(anchor)
      deepest = depth
    }
    let value: ConfigurationValue
    switch event.kind {
    case .scalar(let scalar): value = try read(scalar, at: event)
    case .sequenceStart(let tag):
      try check(tag, isOneOf: ["tag:yaml.org,2002:seq", "!"], at: event)
      value = try readList(from: event, depth: depth)
    case .mappingStart(let tag):
      try check(tag, isOneOf: ["tag:yaml.org,2002:map", "!"], at: event)
      value = try readMap(from: event, depth: depth)
    default: throw error("a value is missing here", at: event)
    }
    if let anchor = event.anchor {
      openAnchors.remove(anchor)
      anchors[anchor] = Anchor(value: value, size: valueCount - countBefore, height: deepest - depth)
      deepest = max(deepest, deepestBefore)
    }
    return value
  }

  private mutating func readList(from start: YAMLEvent, depth: Int) throws(RegistryError) -> ConfigurationValue {
    var elements: [ConfigurationValue] = []
    while true {
      let event = try next()
      if case .sequenceEnd = event.kind {
        return ConfigurationValue(.list(elements), at: position(of: start))
      }
      elements.append(try read(event, depth: depth + 1))
    }
  }

  private mutating func readMap(from start: YAMLEvent, depth: Int) throws(RegistryError) -> ConfigurationValue {
    var map = ConfigurationMap()
    var merged: [ConfigurationMap] = []
    while true {
      let event = try next()
      if case .mappingEnd = event.kind { break }
      let key = try readKey(event, depth: depth)
      let value = try read(try next(), depth: depth + 1)
      if key.isMerge {
        merged += try mergeSources(value)
        continue
      }
      let field = ConfigurationMap.Field(name: key.name, position: position(of: event), value: value)
      if !map.insert(field), let first = map.field(key.name) {
        duplicates.append(error("key \(quoted(key.name)) is already set at line \(first.position.line)", at: event))
      }
    }
    // What stands in the map itself wins, then the earlier of two merged maps.
    for source in merged { for field in source.fields { map.insert(field) } }
    return ConfigurationValue(.map(map), at: position(of: start))
  }

  private mutating func readKey(
    _ event: YAMLEvent, depth: Int
  ) throws(RegistryError) -> (name: String, isMerge: Bool) {
    if case .scalar(let scalar) = event.kind {
      // The text counts, whatever it would be as a value.
      _ = try read(event, depth: depth + 1)
      return (scalar.text, scalar.text == "<<" && scalar.isPlain)
    }
    if case .alias = event.kind, let name = try read(event, depth: depth + 1).string { return (name, false) }
    throw error("a key must be a string", at: event)
  }

  private func mergeSources(_ value: ConfigurationValue) throws(RegistryError) -> [ConfigurationMap] {
    if let map = value.map { return [map] }
    if let list = value.list, list.allSatisfy({ $0.map != nil }) { return list.compactMap(\.map) }
    throw RegistryError("<< merges maps, not \(value.typeName)", kind: .syntax, at: value.position)
  }

  private mutating func expand(
    _ name: String, at event: YAMLEvent, depth: Int
  ) throws(RegistryError) -> ConfigurationValue {
    if openAnchors.contains(name) { throw error("*\(name) stands inside the value that it names", at: event) }
    guard let anchor = anchors[name] else {
      throw error(
        "no anchor &\(name) stands before this alias", at: event, hint: didYouMean(name, among: anchors.keys.sorted()))
    }
    try count(anchor.size, at: event)
    try reach(depth + anchor.height, at: event)
    return anchor.value
  }

  /// Notes a depth, which aliases count into: everything that walks over values may recurse as deep.
  private mutating func reach(_ depth: Int, at event: YAMLEvent) throws(RegistryError) {
    deepest = max(deepest, depth)
    if depth > YAMLLimits.depth {
      throw error("lists and maps are nested more than \(YAMLLimits.depth) deep", at: event)
    }
  }

  private mutating func count(_ values: Int, at event: YAMLEvent) throws(RegistryError) {
    valueCount += values
    if valueCount > YAMLLimits.values {
      throw error(
        "the file holds more than \(YAMLLimits.values) values, aliases counted with what they stand for", at: event)
    }
  }

  private mutating func read(_ scalar: YAMLScalar, at event: YAMLEvent) throws(RegistryError) -> ConfigurationValue {
    ConfigurationValue(try content(of: scalar, at: event), at: position(of: event), text: place(of: scalar, at: event))
  }

  private func content(
    of scalar: YAMLScalar, at event: YAMLEvent
  ) throws(RegistryError) -> ConfigurationValue.Content {
    guard let tag = scalar.tag else {
      return scalar.isPlain ? ScalarContent(plain: scalar.text).content : .string(scalar.text)
    }
    if tag == "!" || tag == "tag:yaml.org,2002:str" { return .string(scalar.text) }
    let plain = ScalarContent(plain: scalar.text)
    switch (tag, plain) {
    case ("tag:yaml.org,2002:null", .null), ("tag:yaml.org,2002:bool", .bool), ("tag:yaml.org,2002:int", .int),
      ("tag:yaml.org,2002:float", .float):
      return plain.content
    case ("tag:yaml.org,2002:float", .int(let value)):
      return .float(Double(value))
    default:
      throw error("the tag \(tag) does not fit this value or is not supported", at: event)
    }
  }

  private func check(_ tag: String?, isOneOf known: [String], at event: YAMLEvent) throws(RegistryError) {
    if let tag, !known.contains(tag) { throw error("the tag \(tag) is not supported here", at: event) }
  }

  /// Where the lines of a text stand in the file.
  private mutating func place(of scalar: YAMLScalar, at event: YAMLEvent) -> SourceText {
    let isBlock = scalar.isLiteralBlock || scalar.isFoldedBlock
    return SourceText(
      file: file.displayPath, relativePath: file.relativePath,
      lineOffset: isBlock ? headerLine(of: scalar, at: event) + 1 : event.line,
      keepsLines: scalar.isLiteralBlock || !scalar.spansLines)
  }

  /// The line of a block scalar's `|` or `>`, counted from 0: an anchor or a tag may stand some lines before it.
  private mutating func headerLine(of scalar: YAMLScalar, at event: YAMLEvent) -> Int {
    guard scalar.hasProperties else { return event.line }
    for line in lineStarts.indices.dropFirst(event.line).prefix(8) {
      let end = line + 1 < lineStarts.count ? lineStarts[line + 1] : bytes.count
      let words = bytes[lineStarts[line]..<end].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      if words.contains(where: { $0.first == UInt8(ascii: "|") || $0.first == UInt8(ascii: ">") }) { return line }
    }
    return event.line
  }

  private func position(of event: YAMLEvent) -> SourcePosition { position(line: event.line, column: event.column) }

  private func position(line: Int, column: Int) -> SourcePosition {
    SourcePosition(file: file.displayPath, line: line + 1, column: column + 1)
  }

  private func error(_ message: String, at event: YAMLEvent, hint: String? = nil) -> RegistryError {
    RegistryError(message, kind: .syntax, at: position(of: event), hint: hint)
  }
}
