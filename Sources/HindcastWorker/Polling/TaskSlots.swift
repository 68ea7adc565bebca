/// Bounds how many tasks run at once, and tells when none does.
actor TaskSlots {
  private let limit: Int
  private let notice: @Sendable (_ free: Int) -> Void
  private var used = 0 {
    didSet { notice(limit - used) }
  }
  private var isClosed = false
  private var waiting: [CheckedContinuation<Bool, Never>] = []
  private var idle: [CheckedContinuation<Bool, Never>] = []

  /// - Parameters:
  ///   - limit: How many.
  ///   - notice: Is told how many are free, whenever that changes; must not block.
  init(limit: Int, notice: @escaping @Sendable (_ free: Int) -> Void = { _ in }) {
    self.limit = max(1, limit)
    self.notice = notice
  }

  /// Waits for a free slot and takes it; `false` once the slots were closed.
  func take() async -> Bool {
    if isClosed { return false }
    if used < limit {
      used += 1
      return true
    }
    return await withCheckedContinuation { waiting.append($0) }
  }

  /// Takes a slot if one is free.
  func tryTake() -> Bool {
    guard !isClosed, used < limit else { return false }
    used += 1
    return true
  }

  /// Gives a slot back.
  func release() {
    if !waiting.isEmpty {
      waiting.removeFirst().resume(returning: true)
      return
    }
    used -= 1
    if used == 0 { resumeIdle(true) }
  }

  /// Hands out no more slots: whoever waits for one gives up.
  func close() {
    isClosed = true
    for continuation in waiting { continuation.resume(returning: false) }
    waiting = []
  }

  /// Waits until no slot is taken; `false` when that takes too long.
  func untilIdle(within limit: Duration, of clock: any Clock<Duration>) async -> Bool {
    guard used > 0 else { return true }
    guard limit > .zero else { return false }
    let impatience = Task {
      try await clock.sleep(for: limit)
      resumeIdle(false)
    }
    defer { impatience.cancel() }
    return await withCheckedContinuation { idle.append($0) }
  }

  private func resumeIdle(_ isIdle: Bool) {
    for continuation in idle { continuation.resume(returning: isIdle) }
    idle = []
  }
}
