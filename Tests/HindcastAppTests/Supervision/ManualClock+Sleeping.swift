extension ManualClock {
  /// Waits until somebody will sleep for so long yet.
  func untilSleeping(for duration: Duration) async {
    while !pending.contains(duration) { await Task.yield() }
  }
}
