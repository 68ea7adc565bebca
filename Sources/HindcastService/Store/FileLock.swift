internal import Foundation
internal import Synchronization

/// Keeps two services from serving the same file: each would hold the other's runs in memory as they once were.
///
/// A file beside the database is locked, for as long as the process lives or until it is released. The database itself stays
/// readable to others.
final class FileLock: Sendable {
  private let descriptor: Mutex<Int32?>

  /// - Throws: ``ServiceStoreError/inUse(path:)`` when another holds the lock.
  init(for path: String) throws(ServiceStoreError) {
    let lockPath = path + "-lock"
    let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .unusable(path: path, reason: "cannot create \(lockPath): \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      Foundation.close(descriptor)
      if reason == EWOULDBLOCK { throw .inUse(path: path) }
      throw .unusable(path: path, reason: "cannot lock \(lockPath): \(String(cString: strerror(reason)))")
    }
    self.descriptor = Mutex(descriptor)
  }

  deinit { release() }

  /// Lets others have the file.
  func release() {
    descriptor.withLock {
      if let open = $0 { Foundation.close(open) }
      $0 = nil
    }
  }
}
