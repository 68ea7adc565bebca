import HindcastCore
import HindcastRegistry

extension LuaApplication {
  /// What histories can run: the workflow entries and all libraries that they import. Activities do not run in a replay.
  func coverageMap() -> CoverageMap {
    guard countsCoverage else { return CoverageMap() }
    var ids: Set<String> = []
    var open = definitions.values.filter { $0.kind == .workflow }
    while let definition = open.popLast() {
      guard ids.insert(definition.id).inserted else { continue }
      open += definition.imports.compactMap { definitions[$0.id.description] }
    }
    return CoverageMap(units: ids.sorted().compactMap { definitions[$0] }.map(mapped))
  }

  private func mapped(_ definition: LuaDefinition) -> CoverageMap.Unit {
    var mapped = CoverageMap.Unit(id: definition.id, file: definition.place.file)
    do throws(WorkflowLoadError) {
      let unit = try unit(definition)
      guard let coverable = unit.coverable else { return mapped }
      let line = definition.place.fileLine(ofTextLine:)
      mapped.lines = Set(coverable.codeLines.map(line)).sorted()
      mapped.functions = coverable.functions.map { .init(name: $0.name, line: line($0.line), probe: $0.probe) }
      mapped.branches = coverable.branches.map { branch in
        .init(
          line: line(branch.line),
          arms: branch.arms.map { .init(name: $0.name, line: line($0.line), probe: $0.probe) })
      }
      mapped.versions = coverable.versions.map { call in
        .init(changeID: call.changeID, minimum: call.minimum, maximum: call.maximum, line: line(call.line))
      }
    } catch {
      mapped.error = error.message
    }
    return mapped
  }

  /// The counts of a machine, by the lines of the files.
  func coverage(of chunks: [LuaChunkCounts]) -> CoverageCounts {
    var counts = CoverageCounts()
    for chunk in chunks {
      guard let definition = definitions[chunk.chunkName], let coverable = (try? unit(definition))?.coverable else {
        continue
      }
      let place = definition.place
      // Lines that only close something run as well, but are nothing to cover.
      let code = chunk.lines.filter { coverable.codeLines.contains($0.key) }
      let lines = Dictionary(code.map { (place.fileLine(ofTextLine: $0.key), $0.value) }) { $0 &+ $1 }
      counts.units[chunk.chunkName] = .init(lines: lines, probes: chunk.probes)
    }
    return counts
  }
}
