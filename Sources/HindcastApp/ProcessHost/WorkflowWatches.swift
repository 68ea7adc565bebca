internal import HindcastLua
private import Synchronization

/// Who is told of the ends of the workflows of one client.
final class WorkflowWatches: Sendable {
  private struct Watch {
    /// As those that watch know the workflow.
    var workflow: ProcessID
    var monitors: [ProcessID] = []
    var links: [ProcessID] = []
    /// Tells this watch from a later one of the same workflow.
    var number: Int
    var stop: (@Sendable () -> Void)?
  }

  private struct State {
    var watches: [String: Watch] = [:]
    /// The runs that were started to be watched, until they are.
    var startedRuns: [String: String] = [:]
    var lastNumber = 0
  }

  private let state = Mutex(State())
  private let post: @Sendable (ProcessID, ProcessMail) -> Void

  /// - Parameter post: Tells a process something.
  init(post: @escaping @Sendable (ProcessID, ProcessMail) -> Void) { self.post = post }

  /// Remembers which run a start has led to, for the watch that follows.
  func noteRun(_ runID: String, of workflowID: String) {
    state.withLock { $0.startedRuns[workflowID] = runID }
  }

  /// Lets a process watch a workflow.
  func add(_ request: WatchRequest, _ workflow: ProcessID, by watcher: ProcessID, _ client: WorkflowClient) {
    let begun = state.withLock { state -> (number: Int, runID: String)? in
      var isNew = false
      if state.watches[workflow.unique] == nil {
        state.lastNumber += 1
        state.watches[workflow.unique] = Watch(workflow: workflow, number: state.lastNumber)
        isNew = true
      }
      let runID = state.startedRuns.removeValue(forKey: workflow.unique) ?? ""
      switch request {
      case .monitor: state.watches[workflow.unique]?.monitors.addOnce(watcher)
      case .link: state.watches[workflow.unique]?.links.addOnce(watcher)
      case .unmonitor, .unlink: break
      }
      return isNew ? (state.lastNumber, runID) : nil
    }
    guard let begun else { return }
    let stop = client.stage.whenClosed(client.reference(to: workflow.unique, runID: begun.runID)) {
      [weak self] ending in
      self?.finish(workflow.unique, begun.number, ending)
    }
    let isOver = state.withLock { state in
      guard state.watches[workflow.unique]?.number == begun.number else { return true }
      state.watches[workflow.unique]?.stop = stop
      return false
    }
    if isOver { stop() }
  }

  /// Ends what a process watches of a workflow.
  func remove(_ request: WatchRequest, _ workflow: ProcessID, by watcher: ProcessID) {
    end(workflow.unique) { watch in
      if request == .unmonitor { watch.monitors.removeAll { $0 == watcher } }
      if request == .unlink { watch.links.removeAll { $0 == watcher } }
    }
  }

  /// Ends all that a process watches.
  func forget(_ watcher: ProcessID) {
    for workflow in state.withLock({ $0.watches.keys.sorted() }) {
      end(workflow) { watch in
        watch.monitors.removeAll { $0 == watcher }
        watch.links.removeAll { $0 == watcher }
      }
    }
  }

  private func end(_ workflowID: String, _ change: (inout Watch) -> Void) {
    let stop = state.withLock { state -> (@Sendable () -> Void)? in
      guard var watch = state.watches[workflowID] else { return nil }
      change(&watch)
      let isNeeded = !watch.monitors.isEmpty || !watch.links.isEmpty
      state.watches[workflowID] = isNeeded ? watch : nil
      return isNeeded ? nil : watch.stop
    }
    stop?()
  }

  private func finish(_ workflowID: String, _ number: Int, _ ending: WorkflowEnding) {
    let watch = state.withLock { state -> Watch? in
      guard state.watches[workflowID]?.number == number else { return nil }
      return state.watches.removeValue(forKey: workflowID)
    }
    guard let watch else { return }
    for process in watch.monitors { post(process, .exit(watch.workflow, ending)) }
    for process in watch.links {
      if case .failure = ending {
        post(process, .linkDown(watch.workflow, ending))
      } else {
        post(process, .exit(watch.workflow, ending))
      }
    }
  }
}

extension [ProcessID] {
  mutating func addOnce(_ process: ProcessID) {
    if !contains(process) { append(process) }
  }
}
