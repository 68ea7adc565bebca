internal import CLuaHost

/// What ran of one program.
struct LuaChunkCounts {
  /// The name that the program was compiled with.
  var chunkName: String
  /// How often each line of the text began to run; those that did not are left out.
  var lines: [Int: Int] = [:]
  /// How often each probe was reached.
  var probes: [Int: Int] = [:]
}

extension LuaMachine {
  /// What ran since the last call, on a machine that collects coverage.
  func takeCoverage() -> [LuaChunkCounts] {
    var all: [LuaChunkCounts] = []
    for number in 0..<hc_coverage_count(vm) {
      var counts = hc_coverage_counts()
      guard hc_get_coverage(vm, number, &counts) else { continue }
      var chunk = LuaChunkCounts(chunkName: String(bytes: counts.chunk, count: counts.chunk_length))
      chunk.lines = Self.nonzero(counts.lines, counts.line_count)
      chunk.probes = Self.nonzero(counts.probes, counts.probe_count)
      if !chunk.lines.isEmpty { all.append(chunk) }
    }
    hc_reset_coverage(vm)
    return all
  }

  private static func nonzero(_ counts: UnsafePointer<UInt64>?, _ length: Int) -> [Int: Int] {
    guard let counts else { return [:] }
    var result: [Int: Int] = [:]
    for index in 0..<length where counts[index] > 0 { result[index] = Int(clamping: counts[index]) }
    return result
  }
}
