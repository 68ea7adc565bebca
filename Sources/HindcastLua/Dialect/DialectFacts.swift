/// What the parser notes besides edits.
struct DialectFacts {
  private(set) var globals: [LuaTranslation.Mention] = []
  private(set) var assignedGlobals: [LuaTranslation.Mention] = []
  var requires: [LuaTranslation.Mention] = []
  var pairsLoops: [ClosedRange<Int>] = []
  /// The chunk's top-level types, in source order.
  var types: [(name: String, type: DialectType)] = []
  /// The names of built-in types where they are called or asked like a type value.
  var typeCalls: [(name: String, range: Range<Int>)] = []

  private var read: Set<String> = []
  private var assigned: Set<String> = []

  mutating func reads(_ name: String, line: Int) {
    if read.insert(name).inserted { globals.append(.init(name: name, line: line)) }
  }

  mutating func assigns(_ name: String, line: Int) {
    if assigned.insert(name).inserted { assignedGlobals.append(.init(name: name, line: line)) }
  }

  func isRead(_ name: String) -> Bool { read.contains(name) }
  func isAssigned(_ name: String) -> Bool { assigned.contains(name) }
}
