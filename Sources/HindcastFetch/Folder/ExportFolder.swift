private import Foundation
public import HindcastHistory

/// The folder that an export fills, and what it knows of what is in it.
///
/// Each history is written whole or not at all, and then noted in the journal, so that a call that ends anywhere leaves a
/// folder from which the next goes on.
public actor ExportFolder {
  private let path: String
  private let options: ExportOptions
  private let journal: ExportJournal
  /// Whether a finished file that was not noted is taken on.
  private let adoptsFiles: Bool
  private var runs: [RunKey: ExportedRun]
  /// Which run a file name belongs to, by the name that file systems may take for the same.
  private var names: [String: RunKey]
  /// The run that is kept of each shape.
  private var keepers: [UInt64: RunKey]

  /// What became of a history.
  public enum Outcome: Sendable, Hashable {
    /// It is in a file.
    case written
    /// It is in a file, in place of a history of the same shape.
    case replacing
    /// A history of the same shape is kept in its place.
    case duplicate
  }

  /// Opens a folder, which is made if it is not there, and clears away what an interrupted call left.
  ///
  /// - Throws: ``ExportError`` when it cannot be written, was filled with other options, or another call fills it.
  public init(path: String, options: ExportOptions) throws(ExportError) {
    self.path = path
    self.options = options
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw ExportError(path: path, message: "the folder cannot be made: \(error.localizedDescription)")
    }
    journal = try ExportJournal(in: path)
    let lines = try journal.lines()
    // Files that no journal tells of may be anything; and to tell which of two was to be kept takes fetching.
    adoptsFiles = !lines.isEmpty && !options.isUnique
    if case .options(let known)? = lines.first {
      guard known == options else {
        throw ExportError(
          path: path, message: "the folder was filled with other options (\(known.summary)); export to another folder")
      }
    } else {
      try journal.add(.options(options))
    }
    var runs: [RunKey: ExportedRun] = [:]
    var owners: [String: RunKey] = [:]
    var keepers: [UInt64: RunKey] = [:]
    for case .run(let run) in lines { runs[run.run] = run }
    let inUse = Set(runs.values.compactMap(\.file))
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw ExportError(path: path, message: "the folder cannot be read")
    }
    let files = Set(names)
    for file in files where file.hasPrefix(AtomicFile.temporaryPrefix) {
      try? FileManager.default.removeItem(atPath: "\(path)/\(file)")
    }
    for run in runs.values.sorted(by: { $0.run < $1.run }) {
      guard let file = run.file else {
        // Noted as dropped, but the process ended before the file was gone.
        let old = [ExportName.name(of: run.run), ExportName.alternativeName(of: run.run)]
        for file in old where files.contains(file) && !inUse.contains(file) {
          try? FileManager.default.removeItem(atPath: "\(path)/\(file)")
        }
        continue
      }
      guard files.contains(file) else {
        // Somebody removed it: it is to be fetched again.
        runs[run.run] = nil
        continue
      }
      owners[ExportName.folded(file)] = run.run
      if let shape = run.shape { keepers[shape] = run.run }
    }
    self.runs = runs
    self.names = owners
    self.keepers = keepers
  }

  /// What is known of a run; nil where its history is still to be fetched.
  public func known(_ run: RunKey) -> ExportedRun? {
    guard let known = runs[run] else { return adopted(run) }
    // What was dropped in favour of another history is dropped only as long as that is there.
    if known.file == nil, known.shape.map({ keepers[$0] == nil }) ?? true { return nil }
    return known
  }

  /// Takes on a file that was finished when the process ended before it could be noted.
  private func adopted(_ run: RunKey) -> ExportedRun? {
    let name = ExportName.name(of: run)
    guard adoptsFiles, names[ExportName.folded(name)] == nil, FileManager.default.fileExists(atPath: "\(path)/\(name)"),
      let histories = try? HistoryReader.histories(inFile: "\(path)/\(name)"), histories.count == 1,
      let history = histories.first, history.isClosed, history.workflowID == run.workflowID
    else { return nil }
    guard (try? take(history, of: run, named: name)) != nil else { return nil }
    return runs[run]
  }

  /// Takes a run's history in.
  ///
  /// - Parameters:
  ///   - bytes: The history as it is to be in the file.
  ///   - history: What it is of, for its length and shape.
  public func store(_ bytes: [UInt8], of run: RunKey, _ history: WorkflowHistory) throws(ExportError) -> Outcome {
    let former = runs[run]
    if options.isUnique {
      let shape = HistoryShape.hash(of: history)
      // A run that has grown no longer stands for the shape that it had.
      if let old = former?.shape, old != shape, keepers[old] == run { keepers[old] = nil }
      if let keeper = keepers[shape], keeper != run, let kept = runs[keeper] {
        if (kept.events, kept.run) < (history.events.count, run) {
          let duplicate = ExportedRun(
            run: run, file: former?.file, events: history.events.count, isClosed: history.isClosed, shape: shape)
          try drop(duplicate)
          return .duplicate
        }
        try write(bytes, history, of: run, former)
        try drop(kept)
        return .replacing
      }
    }
    try write(bytes, history, of: run, former)
    return .written
  }

  private func write(
    _ bytes: [UInt8], _ history: WorkflowHistory, of run: RunKey, _ former: ExportedRun?
  ) throws(ExportError) {
    let name = former?.file ?? freeName(for: run)
    try AtomicFile.write(bytes, to: name, in: path)
    try take(history, of: run, named: name)
  }

  private func take(_ history: WorkflowHistory, of run: RunKey, named name: String) throws(ExportError) {
    let shape = options.isUnique ? HistoryShape.hash(of: history) : nil
    names[ExportName.folded(name)] = run
    if let shape { keepers[shape] = run }
    try note(
      ExportedRun(run: run, file: name, events: history.events.count, isClosed: history.isClosed, shape: shape))
  }

  private func note(_ run: ExportedRun) throws(ExportError) {
    try journal.add(.run(run))
    runs[run.run] = run
  }

  /// Gives up the file of a history in whose place another one is kept.
  private func drop(_ run: ExportedRun) throws(ExportError) {
    var dropped = run
    dropped.file = nil
    try note(dropped)
    guard let file = run.file else { return }
    names[ExportName.folded(file)] = nil
    guard (try? FileManager.default.removeItem(atPath: "\(path)/\(file)")) != nil else {
      throw ExportError(path: "\(path)/\(file)", message: "the file cannot be removed")
    }
  }

  private func freeName(for run: RunKey) -> String {
    let name = ExportName.name(of: run)
    guard let owner = names[ExportName.folded(name)], owner != run else { return name }
    return ExportName.alternativeName(of: run)
  }
}

extension ExportOptions {
  /// The options in words.
  fileprivate var summary: String {
    var words = ["namespace \(namespace)"]
    words.append(redaction.map { "redacted: \($0)" } ?? "not redacted")
    if isDecoded { words.append("decoded by a codec") }
    if isUnique { words.append("one of each shape") }
    return words.joined(separator: ", ")
  }
}
