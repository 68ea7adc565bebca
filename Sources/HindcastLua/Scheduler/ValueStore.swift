/// Where a Lua value is kept while only Swift holds it.
struct ValueSlot: Hashable {
  var index: Int

  /// No value: nil.
  static let none = ValueSlot(index: 0)
}

/// The Lua values of one run that only Swift holds: what lies in channel buffers and waits with blocked senders.
///
/// They live in one Lua table, so that the end of the run lets go of all of them at once.
struct ValueStore {
  private unowned(unsafe) let machine: LuaMachine
  private let table: LuaReference
  private var free: [Int] = []
  private var last = 0

  init(machine: LuaMachine) {
    self.machine = machine
    machine.pushTable(elements: 8)
    table = machine.reference(-1)
    machine.pop()
  }

  /// Pops the top value of a stack and keeps it.
  mutating func store(from stack: some LuaStackAccess) -> ValueSlot {
    if stack.isNil(-1) {
      stack.pop()
      return .none
    }
    let index: Int
    if let reused = free.popLast() {
      index = reused
    } else {
      last += 1
      index = last
    }
    stack.push(table)
    stack.pushCopy(-2)
    stack.setElement(index, of: -2)
    stack.pop(2)
    return ValueSlot(index: index)
  }

  /// Pushes a value onto a stack and keeps it here as well.
  func push(_ slot: ValueSlot, onto stack: some LuaStackAccess) {
    guard slot.index != 0 else { return stack.pushNil() }
    stack.push(table)
    let position = stack.top
    stack.pushElement(slot.index, of: position)
    stack.remove(position)
  }

  /// Gives up a value.
  mutating func release(_ slot: ValueSlot) {
    guard slot.index != 0 else { return }
    machine.push(table)
    machine.pushNil()
    machine.setElement(slot.index, of: -2)
    machine.pop()
    free.append(slot.index)
  }
}
