import HindcastCore
import HindcastReplay

/// Joins the units of apps, of which several may stand in one file, into files.
struct CoverageReportBuilder {
  fileprivate struct Contents {
    var lines: [Int: Int] = [:]
    var functions: [CoverageReport.Place] = []
    var branches: [CoverageReport.Branch] = []
    var error: String?
  }

  private var sources: SourceFiles
  private var contents: [String: Contents] = [:]
  private var versions: [String: [Int: Int]] = [:]
  private var places: [String: String] = [:]

  /// Of a change that supports more versions than this, only the first and the last are listed.
  private static let mostVersions = 50

  init(workingDirectory: String) {
    sources = SourceFiles(workingDirectory: workingDirectory)
  }

  var files: [CoverageReport.File] {
    contents.sorted { $0.key < $1.key }.map { path, contents in
      CoverageReport.File(
        path: path, lines: contents.lines.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
        functions: contents.functions.sorted { ($0.line, $0.name) < ($1.line, $1.name) },
        branches: contents.branches.sorted { $0.line < $1.line }, error: contents.error)
    }
  }

  var changes: [CoverageReport.Change] {
    versions.sorted { $0.key < $1.key }.map { id, versions in
      CoverageReport.Change(
        id: id, place: places[id], versions: versions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
  }

  mutating func add(_ app: AppCode, _ totals: CoverageTotals) {
    let counts = totals.counts[app.directory ?? ""] ?? CoverageCounts()
    for unit in app.code.coverageMap().units {
      add(unit, counts.units[unit.id] ?? CoverageCounts.Unit(), app: app.directory)
    }
    for (use, histories) in totals.versions[app.directory ?? ""] ?? [:] {
      expect(use.minimum, use.maximum, of: use.changeID)
      versions[use.changeID, default: [:]][use.version, default: 0] += histories
    }
  }

  private mutating func add(_ unit: CoverageMap.Unit, _ counts: CoverageCounts.Unit, app: String?) {
    let path = sources.resolve(SourceLocation(file: unit.file, line: 1), app: app).file
    var file = contents[path] ?? Contents()
    for line in unit.lines { file.lines[line, default: 0] += counts.lines[line] ?? 0 }
    for function in unit.functions {
      file.add(.init(name: function.name, line: function.line, count: counts.probes[function.probe] ?? 0))
    }
    file.add(
      unit.branches.map { branch in
        CoverageReport.Branch(
          line: branch.line,
          arms: branch.arms.map { .init(name: $0.name, line: $0.line, count: counts.probes[$0.probe] ?? 0) })
      })
    if let error = unit.error { file.error = file.error ?? error }
    contents[path] = file
    for call in unit.versions {
      expect(call.minimum, call.maximum, of: call.changeID)
      places[call.changeID] = places[call.changeID] ?? "\(path):\(call.line)"
    }
  }

  /// Lists the versions that a call supports. A change has no version 0: −1 is before it, its own numbers begin at 1.
  private mutating func expect(_ minimum: Int, _ maximum: Int, of changeID: String) {
    let all =
      maximum.subtractingReportingOverflow(minimum).partialValue < Self.mostVersions && maximum >= minimum
      ? Array(minimum...maximum) : [minimum, maximum]
    for version in all where version != 0 || minimum == 0 || maximum == 0 {
      versions[changeID, default: [:]][version, default: 0] += 0
    }
  }
}

extension CoverageReportBuilder.Contents {
  /// Adds a function; two entries of one text have the same ones.
  fileprivate mutating func add(_ function: CoverageReport.Place) {
    if let known = functions.firstIndex(where: { $0.name == function.name && $0.line == function.line }) {
      functions[known].count += function.count
    } else {
      functions.append(function)
    }
  }

  /// Adds the branches of a text; where it was added before, only the counts.
  fileprivate mutating func add(_ added: [CoverageReport.Branch]) {
    let lines = Set(added.map(\.line))
    let known = branches.indices.filter { lines.contains(branches[$0].line) }
    guard known.count == added.count else {
      branches += added
      return
    }
    for (index, branch) in zip(known, added) {
      for arm in branch.arms.indices where branches[index].arms.indices.contains(arm) {
        branches[index].arms[arm].count += branch.arms[arm].count
      }
    }
  }
}
