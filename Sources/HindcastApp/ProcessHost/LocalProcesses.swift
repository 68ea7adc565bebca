internal import HindcastLua
private import Synchronization

/// The functions and processes of an app that run in this process of the operating system.
final class LocalProcesses: Sendable {
  private struct Process {
    var mailbox: ProcessMailbox
    var monitors: [ProcessID] = []
    var links: [ProcessID] = []
  }

  private let processes = Mutex<[ProcessID: Process]>([:])
  let names = LocalNames()

  func add(_ process: ProcessID, _ mailbox: ProcessMailbox) {
    processes.withLock { $0[process] = Process(mailbox: mailbox) }
  }

  /// Takes a process out and tells those that watch it.
  func remove(_ process: ProcessID, _ result: WorkflowEnding) {
    names.forget(process)
    let gone = processes.withLock { processes -> Process? in
      let gone = processes.removeValue(forKey: process)
      for other in processes.keys {
        processes[other]?.monitors.removeAll { $0 == process }
        processes[other]?.links.removeAll { $0 == process }
      }
      return gone
    }
    guard let gone else { return }
    for watcher in gone.monitors { post(.exit(process, result), to: watcher) }
    guard case .failure = result else { return }
    for linked in gone.links { post(.linkDown(process, result), to: linked) }
  }

  /// Puts something into a process's mailbox; `false` if there is no such process.
  @discardableResult
  func post(_ mail: ProcessMail, to process: ProcessID) -> Bool {
    guard let mailbox = processes.withLock({ $0[process]?.mailbox }) else { return false }
    mailbox.post(mail)
    return true
  }

  /// - Returns: The error where it cannot be.
  func watch(_ request: WatchRequest, _ target: ProcessID, by watcher: ProcessID) -> FailedOperation? {
    processes.withLock { processes in
      let isThere = processes[target] != nil
      switch request {
      case .monitor:
        guard isThere else { return Self.notRegistered }
        if processes[target]?.monitors.contains(watcher) == true {
          return FailedOperation(kind: ErrorKind.alreadyExists, "already monitoring pid", isRetryable: false)
        }
        processes[target]?.monitors.append(watcher)
      case .link:
        guard isThere, processes[watcher] != nil else { return Self.notRegistered }
        processes[target]?.links.addOnce(watcher)
        processes[watcher]?.links.addOnce(target)
      case .unmonitor: processes[target]?.monitors.removeAll { $0 == watcher }
      case .unlink:
        processes[target]?.links.removeAll { $0 == watcher }
        processes[watcher]?.links.removeAll { $0 == target }
      }
      return nil
    }
  }

  private static let notRegistered = FailedOperation(
    kind: ErrorKind.notFound, "pid not registered", isRetryable: false)
  static let notFound = FailedOperation(kind: ErrorKind.notFound, "process not found", isRetryable: false)
}
