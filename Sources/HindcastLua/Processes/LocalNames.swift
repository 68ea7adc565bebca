private import Synchronization

/// Names of processes in one place: an app's, or a run's.
package final class LocalNames: ProcessNames {
  private let names = Mutex<[String: ProcessID]>([:])

  package init() {}

  package func register(_ name: String, for process: ProcessID) -> Bool {
    names.withLock { names in
      guard let holder = names[name] else {
        names[name] = process
        return true
      }
      return holder == process
    }
  }

  package func lookup(_ name: String) -> ProcessID? { names.withLock { $0[name] } }

  package func unregister(_ name: String) -> Bool { names.withLock { $0.removeValue(forKey: name) != nil } }

  /// Takes all names of a process back.
  package func forget(_ process: ProcessID) { names.withLock { names in names = names.filter { $0.value != process } } }
}
