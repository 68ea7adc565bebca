extension LuaStackAccess {
  /// Pushes a value of Go's. Whole numbers become floats where `floatsOnly` is set.
  func push(_ value: GoValue, floatsOnly: Bool = false) {
    _ = reserve(4)
    switch value {
    case .null: pushNil()
    case .bool(let flag): push(flag)
    case .int(let number): if floatsOnly { push(Double(number)) } else { push(number) }
    case .double(let number): push(number)
    case .string(let text): push(text)
    case .array(let items):
      pushTable(elements: items.count)
      for (index, item) in items.enumerated() {
        push(item, floatsOnly: floatsOnly)
        setElement(index + 1, of: -2)
      }
    case .object(let fields):
      pushTable(fields: max(1, fields.count))
      for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
        push(value, floatsOnly: floatsOnly)
        setField(name, of: -2)
      }
    }
  }

  /// Reads a value as upstream's `ToGoAny` does: a table with a positive integer key is a list up to its largest one.
  func goValue(_ position: Int, depth: Int = 0) -> GoValue {
    switch type(position) {
    case .none, .nil: return .null
    case .boolean: return .bool(truth(position))
    case .number:
      switch number(position) {
      case .integer(let value)?: return .int(value)
      case .float(let value)?: return .double(value)
      case nil: return .null
      }
    case .string: return .string(string(position) ?? "")
    case .table: return goTable(position, depth: depth)
    default: return .string(text(position))
    }
  }

  private func goTable(_ position: Int, depth: Int) -> GoValue {
    guard depth < JSONReader.maximumDepth, reserve(8) else { return .null }
    var largest = 0
    var fields: [String: GoValue] = [:]
    forEachField(of: position) { key, value in
      if let index = double(key), index > 0, index == index.rounded(), index < 1e7 {
        largest = max(largest, Int(index))
      }
      fields[type(key) == .string ? string(key) ?? "" : text(key)] = goValue(value, depth: depth + 1)
      return true
    }
    guard largest > 0 else { return .object(fields) }
    var items: [GoValue] = []
    for index in 1...largest {
      pushElement(index, of: position)
      items.append(goValue(top, depth: depth + 1))
      pop()
    }
    return .array(items)
  }
}
