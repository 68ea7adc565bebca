public import Foundation

extension Registry {
  /// Reads and checks an app: every registry file below a directory, or below those that its `wippy.lock` names.
  ///
  /// - Parameters:
  ///   - directory: the app's directory, as the user names it; messages show paths in this form.
  ///   - processEnvironment: what `env.storage.os` entries show.
  /// - Returns: the entries with their ``warnings``.
  /// - Throws: every error of the app at once.
  public static func load(
    directory: String, processEnvironment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(RegistryErrors) -> Registry {
    try load(.directory(directory), processEnvironment: processEnvironment)
  }

  /// Reads and checks an app, wherever its files are.
  public static func load(
    _ sources: AppSources, processEnvironment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(RegistryErrors) -> Registry {
    let result = inspect(sources, processEnvironment: processEnvironment)
    if !result.errors.isEmpty { throw RegistryErrors(errors: result.errors, warnings: result.registry.warnings) }
    return result.registry
  }

  /// Reads and checks an app, and hands out what can be used of it whatever is wrong with the rest.
  ///
  /// - Returns: the entries that could be read, and the errors in the order of files and lines.
  public static func inspect(
    _ sources: AppSources, processEnvironment: [String: String] = ProcessInfo.processInfo.environment
  ) -> (registry: Registry, errors: [RegistryError]) {
    let (entries, fileProblems) = RegistryLoader.load(sources)
    let built = RegistryBuilder(entries, sources: sources, processEnvironment: processEnvironment)

    var references = ReferenceChecks(entries)
    built.clients.forEach { references.check($0) }
    let workers = built.workers.map { worker in
      var worker = worker
      references.check(&worker)
      return worker
    }
    built.luaEntries.forEach { references.check($0) }
    built.variables.forEach { references.check($0) }
    built.storages.forEach { references.check($0) }

    let problems =
      fileProblems + built.problems + references.problems
      + ImportChecks(built.luaEntries, kinds: references.kinds).problems + NameChecks.registrations(built.luaEntries)
      + NameChecks.variables(built.variables, entries: entries)
      + LifecycleChecks.circles(clients: built.clients, workers: workers)
    let sorted = inOrder(problems)
    let registry = Registry(
      entries: entries, clients: built.clients, workers: workers, luaEntries: built.luaEntries,
      environmentVariables: built.variables, environmentStorages: built.storages, environment: built.environment,
      warnings: sorted.filter { $0.severity == .warning })
    return (registry, sorted.filter { $0.severity == .error })
  }

  /// Problems by file, line and column; those of one place in the order they were found.
  private static func inOrder(_ problems: [RegistryError]) -> [RegistryError] {
    func place(_ problem: RegistryError) -> (String, Int, Int) {
      (problem.position?.file ?? "", problem.position?.line ?? 0, problem.position?.column ?? 0)
    }
    return problems.enumerated().sorted { left, right in
      let (leftPlace, rightPlace) = (place(left.element), place(right.element))
      return leftPlace == rightPlace ? left.offset < right.offset : leftPlace < rightPlace
    }.map(\.element)
  }
}
