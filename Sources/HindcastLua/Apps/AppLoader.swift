public import HindcastCore
public import HindcastRegistry
private import Synchronization

/// Finds and loads the Wippy apps that histories belong to.
public final class AppLoader: WorkflowCodeProvider {
  /// By folder: what histories in it belong to.
  private let byFolder = Mutex<[String: Result<AppCode, WorkflowLoadError>]>([:])
  /// By app folder.
  private let apps = Mutex<[String: Result<AppCode, WorkflowLoadError>]>([:])
  private let explicit: AppCode?
  private let gathered: Mutex<[RegistryError]>
  private let countsCoverage: Bool

  /// Looks for the app of each history.
  ///
  /// - Parameter countsCoverage: whether the code is prepared to count what runs of it.
  public init(countsCoverage: Bool = false) {
    explicit = nil
    gathered = Mutex([])
    self.countsCoverage = countsCoverage
  }

  /// Takes one app for every history, or looks for the app of each where none is named.
  ///
  /// - Throws: ``RegistryErrors`` with the places of all errors in its entries.
  public convenience init(directory: String?, countsCoverage: Bool) throws(RegistryErrors) {
    if let directory {
      try self.init(app: directory, countsCoverage: countsCoverage)
    } else {
      self.init(countsCoverage: countsCoverage)
    }
  }

  /// Takes one app for every history.
  ///
  /// - Throws: ``RegistryErrors`` with the places of all errors in its entries.
  public convenience init(directory: String) throws(RegistryErrors) {
    try self.init(app: directory, countsCoverage: false)
  }

  private init(app directory: String, countsCoverage: Bool) throws(RegistryErrors) {
    self.countsCoverage = countsCoverage
    let registry = try Registry.load(directory: directory)
    explicit = AppCode(LuaWorkflowCode(registry, countsCoverage: countsCoverage), directory: directory)
    gathered = Mutex(registry.warnings)
  }

  /// The apps that could be loaded so far, by folder.
  public var loaded: [AppCode] {
    if let explicit { return [explicit] }
    return apps.withLock { apps in apps.sorted { $0.key < $1.key }.compactMap { try? $0.value.get() } }
  }

  /// What is likely not meant in the apps that were loaded so far, by place.
  public var warnings: [RegistryError] {
    gathered.withLock(\.self).sorted { left, right in
      let (first, second) = (left.position, right.position)
      return (first?.file ?? "", first?.line ?? 0, first?.column ?? 0)
        < (second?.file ?? "", second?.line ?? 0, second?.column ?? 0)
    }
  }

  /// The code of the app nearest to a file, or of the one that was named.
  public func code(forFile file: String) throws(WorkflowLoadError) -> AppCode {
    if let explicit { return explicit }
    let slash = file.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? ""
    // Held while an app is looked for, so that no two threads load the same one.
    return try byFolder.withLock { folders in
      if let known = folders[folder] { return known }
      let found = Result { () throws(WorkflowLoadError) in try find(near: folder.isEmpty ? "." : folder) }
      folders[folder] = found
      return found
    }.get()
  }

  private func find(near folder: String) throws(WorkflowLoadError) -> AppCode {
    guard let directory = Registry.findApp(near: folder) else {
      throw WorkflowLoadError(
        .invalidCode, "no app was found at or above \(folder)",
        hint: "name the folder with the app's registry entries with --app")
    }
    return try apps.withLock { apps in
      if let known = apps[directory] { return known }
      let loaded = Result { () throws(WorkflowLoadError) in try load(directory) }
      apps[directory] = loaded
      return loaded
    }.get()
  }

  private func load(_ directory: String) throws(WorkflowLoadError) -> AppCode {
    do {
      let registry = try Registry.load(directory: directory)
      gathered.withLock { $0 += registry.warnings }
      return AppCode(
        LuaWorkflowCode(registry, countsCoverage: countsCoverage), directory: directory, isInferred: true)
    } catch {
      throw WorkflowLoadError(error)
    }
  }
}

extension WorkflowLoadError {
  /// The first error of an app, and how many more there are.
  fileprivate init(_ errors: RegistryErrors) {
    guard let first = errors.errors.first else {
      self.init(.invalidCode, "the app cannot be loaded")
      return
    }
    let others = errors.errors.count - 1
    let entry = first.entry.map { "\($0): " } ?? ""
    self.init(
      .invalidCode, entry + first.message + (others > 0 ? " (and \(others) more in the app)" : ""),
      location: first.position.map { SourceLocation(file: $0.file, line: $0.line, column: $0.column) }, hint: first.hint
    )
  }
}
