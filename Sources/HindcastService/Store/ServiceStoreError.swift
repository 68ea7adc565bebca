/// Why a database cannot be served.
public enum ServiceStoreError: Error, Sendable, Equatable {
  /// The file is a database of something else.
  case notHindcast(path: String)
  /// The file was written by a newer version of Hindcast.
  case newerVersion(path: String)
  /// The file is no database, or broken.
  case corrupt(path: String, reason: String)
  /// Another process, or another service of this one, serves the file.
  case inUse(path: String)
  /// The file cannot be opened, read or written: no such folder, no permission, disk full.
  case unusable(path: String, reason: String)
}

extension ServiceStoreError: CustomStringConvertible {
  /// What is wrong, for a person to read.
  public var description: String {
    switch self {
    case .notHindcast(let path): "\(path) is a database of another program"
    case .newerVersion(let path): "\(path) was written by a newer version of Hindcast"
    case .corrupt(let path, let reason): "\(path) is not a database or is damaged: \(reason)"
    case .inUse(let path): "\(path) is served by another process"
    case .unusable(let path, let reason): "\(path): \(reason)"
    }
  }
}
