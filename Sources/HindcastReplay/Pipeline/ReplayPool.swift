import Foundation
import HindcastCore
import HindcastHistory

/// The threads that replay, and the board that they work from.
final class ReplayPool: Sendable {
  private let board: Monitor<WorkBoard>
  private let provider: any WorkflowCodeProvider
  private let options: ReplayOptions

  /// Recursive descents through deep JSON and interpreters want more than the half megabyte that a thread gets by default.
  private static let stackSize = 16 << 20

  init(_ board: sending WorkBoard, provider: any WorkflowCodeProvider, options: ReplayOptions) {
    self.board = Monitor(board)
    self.provider = provider
    self.options = options
  }

  /// Starts threads.
  func start(threads: Int) {
    for _ in 0..<threads {
      let worker = board.withLock { $0.addWorker() }
      let thread = Thread { [self] in work(as: worker) }
      thread.name = "replay \(worker)"
      thread.stackSize = Self.stackSize
      thread.start()
    }
  }

  /// Lets the threads end after what they are doing.
  func stop() {
    board.withLock { $0.isStopped = true }
    board.wakeAll()
  }

  /// Waits for the results that are next in order.
  func collect() -> WorkBoard.Collected {
    let collected = board.wait { $0.collect() }
    // There is room for further slots now.
    board.wakeAll()
    return collected
  }

  // MARK: On a thread

  private func work(as worker: Int) {
    var judge = HistoryJudge(options)
    while let work = board.wait({ $0.take() }) {
      switch work {
      case .source(let source, let slot):
        guard let own = read(source, slot: slot) else { continue }
        guard replay(own, as: worker, with: &judge) else { return }
      case .history:
        guard replay(work, as: worker, with: &judge) else { return }
      }
    }
    // Whoever waits for a source to be read can end as well.
    board.wakeAll()
  }

  /// Reads a source, and hands its histories but the first to all threads.
  private func read(_ source: HistorySource, slot: Int) -> Work? {
    let histories: [WorkflowHistory]
    do {
      histories = try source.read()
    } catch {
      board.withLock { $0.close(slot: slot, with: ReplayResult(error, reading: source)) }
      board.wakeAll()
      return nil
    }
    let app = Result { () throws(WorkflowLoadError) in try provider.code(forFile: source.name) }
    let wanted = histories.map { options.isWanted($0) ? $0 : nil }
    let own = board.withLock { $0.open(slot: slot, wanted, app) }
    if histories.count > 1 || own == nil { board.wakeAll() }
    return own
  }

  /// Replays a history; false when the thread was given up meanwhile.
  private func replay(_ work: Work, as worker: Int, with judge: inout HistoryJudge) -> Bool {
    guard case .history(let history, let app, let slot, let index) = work else { return true }
    var verdict = HistoryVerdict(of: history, appDirectory: (try? app.get())?.directory)
    board.withLock { $0.begin(worker, verdict, slot: slot, index: index) }
    judge.judge(history, with: app, into: &verdict)
    let (isKept, hasNews) = board.withLock { board in
      (board.finish(worker, .verdict(verdict)), board.hasNews)
    }
    if hasNews { board.wakeAll() }
    return isKept
  }
}

extension ReplayOptions {
  fileprivate func isWanted(_ history: WorkflowHistory) -> Bool {
    types.isEmpty || history.workflowTypeName.map(types.contains) ?? false
  }
}
