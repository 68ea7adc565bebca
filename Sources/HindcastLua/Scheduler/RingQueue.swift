/// A first-in, first-out queue that keeps its storage.
struct RingQueue<Element> {
  private var items: [Element?] = []
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// The element at `offset` from the front.
  subscript(offset: Int) -> Element? {
    offset < count ? items[(head + offset) & (items.count - 1)] : nil
  }

  mutating func append(_ element: Element) {
    if count == items.count { grow() }
    items[(head + count) & (items.count - 1)] = element
    count += 1
  }

  mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    let element = items[head]
    items[head] = nil
    head = (head + 1) & (items.count - 1)
    count -= 1
    return element
  }

  mutating func removeFirst(where matches: (Element) -> Bool) {
    guard let found = (0..<count).first(where: { self[$0].map(matches) ?? false }) else { return }
    for offset in found..<(count - 1) {
      items[(head + offset) & (items.count - 1)] = items[(head + offset + 1) & (items.count - 1)]
    }
    items[(head + count - 1) & (items.count - 1)] = nil
    count -= 1
  }

  mutating func removeAll() {
    for offset in 0..<count { items[(head + offset) & (items.count - 1)] = nil }
    head = 0
    count = 0
  }

  /// Capacity is a power of two, so that an index wraps with a mask.
  private mutating func grow() {
    var bigger: [Element?] = []
    bigger.reserveCapacity(max(8, items.count * 2))
    for offset in 0..<count { bigger.append(items[(head + offset) & (items.count - 1)]) }
    while bigger.count < max(8, items.count * 2) { bigger.append(nil) }
    items = bigger
    head = 0
  }
}
