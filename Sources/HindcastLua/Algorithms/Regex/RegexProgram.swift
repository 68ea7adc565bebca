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
