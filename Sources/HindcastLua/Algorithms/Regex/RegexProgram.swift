/// What one place of a regular expression takes.
enum RegexSet: Sendable {
  case scalar(Unicode.Scalar)
  /// Any of these; none of these where negated.
  indirect case any([RegexSet], isNegated: Bool)
  case range(ClosedRange<UInt32>)
  /// A general category, by the letters of its name.
  case category(String, isNegated: Bool)
  /// Without regard to case.
  indirect case folded(RegexSet)

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .scalar(let wanted): return scalar == wanted
    case .range(let range): return range.contains(scalar.value)
    case .any(let sets, let isNegated): return sets.contains { $0.contains(scalar) } != isNegated
    case .category(let name, let isNegated): return Self.name(of: scalar).hasPrefix(name) != isNegated
    case .folded(let set): return set.contains(scalar) || Self.variants(of: scalar).contains { set.contains($0) }
    }
  }

  /// The scalars that differ from one only by case.
  private static func variants(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    if scalar.isASCII {
      switch scalar.value {
      case 0x41...0x5A: return [Unicode.Scalar(UInt8(scalar.value | 0x20))]
      case 0x61...0x7A: return [Unicode.Scalar(UInt8(scalar.value & ~0x20))]
      default: return []
      }
    }
    let properties = scalar.properties
    return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { text in
      text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
    }
  }

  private static func name(of scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    default: "Cn"
    }
  }

  /// The names that `\p` may have here: categories, and their first letters.
  static let categories: Set<String> = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co",
  ]
}

/// A regular expression as a tree.
indirect enum RegexNode {
  case empty
  case set(RegexSet)
  case assertion(RegexAssertion)
  case group(RegexNode, number: Int)
  case sequence([RegexNode])
  case alternatives([RegexNode])
  /// `max` nil: without end.
  case repeated(RegexNode, min: Int, max: Int?, isGreedy: Bool)
}

/// What must hold between two scalars.
enum RegexAssertion: Sendable {
  case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
}

/// A regular expression as instructions.
struct RegexProgram: Sendable {
  enum Instruction: Sendable {
    case set(RegexSet)
    case assertion(RegexAssertion)
    case save(Int)
    /// Goes on at both, the first preferred.
    case split(Int, Int)
    case jump(Int)
    case match
  }

  var instructions: [Instruction] = []
  let slots: Int

  /// The leftmost match that begins at a scalar or behind it.
  func match(_ text: RegexText, from start: Int) -> RegularExpression.Match? {
    var threads = Threads(instructions.count)
    var next = Threads(instructions.count)
    var found: [Int]?
    var position = start
    while true {
      if found == nil {
        add(0, [Int](repeating: -1, count: slots), position, text, to: &threads)
      }
      if found != nil, threads.list.isEmpty { break }
      let scalar = position < text.scalars.count ? text.scalars[position] : nil
      next.clear()
      steps: for thread in threads.list {
        switch instructions[thread.instruction] {
        case .set(let set):
          if let scalar, set.contains(scalar) {
            add(thread.instruction + 1, thread.saved, position + 1, text, to: &next)
          }
        case .match:
          // Threads behind this one are less preferred.
          found = thread.saved
          break steps
        default: break
        }
      }
      swap(&threads, &next)
      if position >= text.scalars.count { break }
      position += 1
    }
    return found.map { saved in
      (0..<slots / 2).map { group in
        let (begin, end) = (saved[group * 2], saved[group * 2 + 1])
        return begin >= 0 && end >= 0 ? text.offsets[begin]..<text.offsets[end] : nil
      }
    }
  }

  private struct Threads {
    var list: [(instruction: Int, saved: [Int])] = []
    private var isIn: [Bool]

    init(_ count: Int) { isIn = [Bool](repeating: false, count: count) }

    mutating func clear() {
      list.removeAll(keepingCapacity: true)
      for index in isIn.indices { isIn[index] = false }
    }

    /// Whether it was not yet there.
    mutating func mark(_ instruction: Int) -> Bool {
      if isIn[instruction] { return false }
      isIn[instruction] = true
      return true
    }
  }

  /// Adds a thread, and follows what takes no scalar; with a stack of its own, since expressions may be long.
  private func add(
    _ first: Int, _ saved: [Int], _ position: Int, _ text: RegexText, to threads: inout Threads
  ) {
    var pending = [(first, saved)]
    while let (instruction, saved) = pending.popLast() {
      guard threads.mark(instruction) else { continue }
      switch instructions[instruction] {
      case .jump(let target): pending.append((target, saved))
      case .split(let preferred, let other):
        pending.append((other, saved))
        pending.append((preferred, saved))
      case .save(let slot):
        var saved = saved
        saved[slot] = position
        pending.append((instruction + 1, saved))
      case .assertion(let assertion):
        if Self.holds(assertion, position, text.scalars) { pending.append((instruction + 1, saved)) }
      case .set, .match: threads.list.append((instruction, saved))
      }
    }
  }

  private static func holds(_ assertion: RegexAssertion, _ position: Int, _ scalars: [Unicode.Scalar]) -> Bool {
    func isWord(_ index: Int) -> Bool {
      guard scalars.indices.contains(index) else { return false }
      switch scalars[index].value {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: return true
      default: return false
      }
    }
    switch assertion {
    case .textStart: return position == 0
    case .textEnd: return position == scalars.count
    case .lineStart: return position == 0 || scalars[position - 1] == "\n"
    case .lineEnd: return position == scalars.count || scalars[position] == "\n"
    case .wordBoundary: return isWord(position - 1) != isWord(position)
    case .noWordBoundary: return isWord(position - 1) == isWord(position)
    }
  }
}

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
