/// What the parser notes besides edits.
struct DialectFacts {
  private(set) var globals: [LuaTranslation.Mention] = []
  private(set) var assignedGlobals: [LuaTranslation.Mention] = []
  var requires: [LuaTranslation.Mention] = []
  var pairsLoops: [ClosedRange<Int>] = []
  /// The chunk's top-level types, in source order.
  var types: [(name: String, type: DialectType)] = []
  /// The annotations of locals that a `typeof` mentions, each under a name of its own: repeated in place, a few of them
  /// could make a text of any length.
  private(set) var localTypes: [(name: String, type: DialectType)] = []
  /// The names of built-in types where they stand for their value.
  var typeValues: [(name: String, range: Range<Int>)] = []

  private var read: Set<String> = []
  private var assigned: Set<String> = []

  /// Gives the annotation of a local a name by which types can refer to it.
  mutating func name(_ type: DialectType, of local: String) -> DialectType {
    let name = localTypes.isEmpty ? "typeof(\(local))" : "typeof(\(local))#\(localTypes.count)"
    localTypes.append((name, type))
    return .named(name)
  }

  mutating func reads(_ name: String, line: Int) {
    if read.insert(name).inserted { globals.append(.init(name: name, line: line)) }
  }

  mutating func assigns(_ name: String, line: Int) {
    if assigned.insert(name).inserted { assignedGlobals.append(.init(name: name, line: line)) }
  }

  func isRead(_ name: String) -> Bool { read.contains(name) }
  func isAssigned(_ name: String) -> Bool { assigned.contains(name) }
}
