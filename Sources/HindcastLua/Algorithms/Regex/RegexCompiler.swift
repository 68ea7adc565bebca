/// Makes instructions of a tree.
struct RegexCompiler {
  private static let mostInstructions = 20_000

  private var instructions: [RegexProgram.Instruction] = []

  /// The program, or nil where it would be too large.
  mutating func compile(_ tree: RegexNode, groups: Int) -> RegexProgram? {
    instructions = [.save(0)]
    guard emit(tree) else { return nil }
    instructions += [.save(1), .match]
    return RegexProgram(instructions: instructions, slots: groups * 2)
  }

  /// False where there are too many.
  private mutating func emit(_ node: RegexNode) -> Bool {
    guard instructions.count < Self.mostInstructions else { return false }
    switch node {
    case .empty: return true
    case .set(let set): instructions.append(.set(set))
    case .assertion(let assertion): instructions.append(.assertion(assertion))
    case .group(let inner, let number):
      instructions.append(.save(number * 2))
      guard emit(inner) else { return false }
      instructions.append(.save(number * 2 + 1))
    case .sequence(let nodes):
      for node in nodes where !emit(node) { return false }
    case .alternatives(let nodes):
      var jumps: [Int] = []
      for node in nodes.dropLast() {
        let split = instructions.count
        instructions.append(.match)
        guard emit(node) else { return false }
        jumps.append(instructions.count)
        instructions.append(.match)
        instructions[split] = .split(split + 1, instructions.count)
      }
      if let last = nodes.last, !emit(last) { return false }
      for jump in jumps { instructions[jump] = .jump(instructions.count) }
    case .repeated(let inner, let min, let max, let isGreedy):
      return emit(inner, min, max, isGreedy)
    }
    return true
  }

  private mutating func emit(_ inner: RegexNode, _ min: Int, _ max: Int?, _ isGreedy: Bool) -> Bool {
    for _ in 0..<min where !emit(inner) { return false }
    func split(to body: Int, or end: Int) -> RegexProgram.Instruction {
      isGreedy ? .split(body, end) : .split(end, body)
    }
    guard let max else {
      let loop = instructions.count
      instructions.append(.match)
      guard emit(inner) else { return false }
      instructions.append(.jump(loop))
      instructions[loop] = split(to: loop + 1, or: instructions.count)
      return true
    }
    var splits: [Int] = []
    for _ in min..<Swift.max(min, max) {
      splits.append(instructions.count)
      instructions.append(.match)
      guard emit(inner) else { return false }
    }
    for position in splits { instructions[position] = split(to: position + 1, or: instructions.count) }
    return true
  }
}
