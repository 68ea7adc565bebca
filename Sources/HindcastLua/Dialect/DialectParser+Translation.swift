extension DialectParser {
  /// The translated text, its first line extended by the locals that the rest needs.
  mutating func translation() -> LuaTranslation {
    var typeValues = facts.typeValues
    typeValues.removeAll { facts.isAssigned($0.name) }
    for value in typeValues { rewriter.replace(value.range, .verbatim(localName(ofBuiltin: value.name))) }
    let edits = rewriter.applied()
    var support = edits.support
    let types = typeLocals(builtins: Set(typeValues.map(\.name)))
    if !types.isEmpty { support.append(.type) }

    var text: [UInt8] = []
    if !support.isEmpty {
      let names = support.map { prefix + $0.rawValue }.joined(separator: ",")
      text.append(contentsOf: "local \(names)=... \(types)".utf8)
    }
    edits.render(lexer.source, prefix: prefix, supportCount: support.count, into: &text)
    let typeNames = Set(facts.types.map(\.name)).union(Self.builtinTypes)
    return LuaTranslation(
      text: text, support: support, requires: facts.requires,
      globals: facts.globals.filter { !typeNames.contains(String($0.name.prefix { $0 != "." })) },
      assignedGlobals: facts.assignedGlobals,
      pairsLoops: facts.pairsLoops.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) },
      coverable: probes?.result)
  }

  private func localName(ofBuiltin type: String) -> String { "\(prefix)t_\(type)" }

  /// The locals for the types that the chunk uses as values: on line 1, so code above a declaration sees them too.
  private func typeLocals(builtins: Set<String>) -> String {
    var seen: Set<String> = []
    var definitions: [(name: String, type: DialectType)] = []
    // Of two declarations the last one counts.
    for type in facts.types.reversed() where seen.insert(type.name).inserted { definitions.append(type) }
    definitions.reverse()
    let used = definitions.map(\.name).filter { facts.isRead($0) && !facts.isAssigned($0) }
    let builtins = builtins.sorted()
    guard !used.isEmpty || !builtins.isEmpty else { return "" }

    let locals = (used + builtins.map(localName)).joined(separator: ",")
    let names = (used + builtins).map { "\"\($0)\"" }.joined(separator: ",")
    let table =
      used.isEmpty
      ? ""
      : (definitions + facts.localTypes).map { "[\(DialectType.quoted(Array($0.name.utf8)))]=\($0.type.descriptor)" }
        .joined(separator: ",")
    return "local \(locals)=\(prefix)type({\(table)},\(names)) "
  }
}
