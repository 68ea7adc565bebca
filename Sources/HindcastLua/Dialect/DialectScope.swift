/// Which names are locals at the current place, and the types they were declared with.
struct DialectScope {
  private var blocks: [[String]] = [[]]
  private var declarations: [String: [DialectType?]] = [:]

  mutating func enterBlock() {
    blocks.append([])
  }

  mutating func leaveBlock() {
    for name in blocks.removeLast() {
      declarations[name]?.removeLast()
      if declarations[name]?.isEmpty == true { declarations[name] = nil }
    }
  }

  mutating func declare(_ name: String, type: DialectType? = nil) {
    blocks[blocks.count - 1].append(name)
    declarations[name, default: []].append(type)
  }

  func isLocal(_ name: String) -> Bool { declarations[name] != nil }

  /// The annotation of the visible local of that name.
  func type(of name: String) -> DialectType? {
    declarations[name]?.last ?? nil
  }

  /// Gives the visible local of that name another annotation.
  mutating func retype(_ name: String, _ type: DialectType) {
    guard let count = declarations[name]?.count, count > 0 else { return }
    declarations[name]?[count - 1] = type
  }
}
