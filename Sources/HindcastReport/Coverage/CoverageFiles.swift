extension CoverageReport {
  /// The report as an LCOV tracefile, which editors, `genhtml` and CI services read.
  ///
  /// A branch's arms are numbered in the order of the text; those of a branch that was never reached are `-`.
  public var lcov: String { files.map(Self.record).joined() }

  private static func record(_ file: File) -> String {
    var text = "TN:\nSF:\(file.path.printable())\n"
    var names: Set<String> = []
    let functions = file.functions.map { function in
      // Names are what tools know functions by; a comma would end one.
      let name = String(function.name.printable().map { $0 == "," ? "_" : $0 })
      return (name: names.insert(name).inserted ? name : "\(name):\(function.line)", function)
    }
    for (name, function) in functions { text += "FN:\(function.line),\(name)\n" }
    for (name, function) in functions { text += "FNDA:\(function.count),\(name)\n" }
    text += "FNF:\(file.functionShare.total)\nFNH:\(file.functionShare.covered)\n"
    for (block, branch) in file.branches.enumerated() {
      for (arm, place) in branch.arms.enumerated() {
        text += "BRDA:\(branch.line),\(block),\(arm),\(branch.isReached ? "\(place.count)" : "-")\n"
      }
    }
    text += "BRF:\(file.branchShare.total)\nBRH:\(file.branchShare.covered)\n"
    for (line, count) in file.lines { text += "DA:\(line),\(count)\n" }
    return text + "LF:\(file.lineShare.total)\nLH:\(file.lineShare.covered)\nend_of_record\n"
  }

  /// The report as one JSON object on one line.
  public var json: String {
    var object = JSONObject()
    object.add("histories", histories)
    object.add("unacceptable", unacceptable)
    object.add("lines", json: Self.json(lines))
    object.add("branches", json: Self.json(branches))
    object.add("functions", json: Self.json(functions))
    object.add("versions", json: Self.json(versions))
    object.add("files", array: files.map(Self.json))
    object.add("changes", array: changes.map(Self.json))
    object.add(
      "eventTypes",
      array: eventTypes.map { type in
        var entry = JSONObject()
        entry.add("name", type.name)
        entry.add("events", type.events)
        entry.add("histories", type.histories)
        return entry.closed
      })
    return object.closed + "\n"
  }

  private static func json(_ share: Share) -> String {
    var object = JSONObject()
    object.add("covered", share.covered)
    object.add("total", share.total)
    return object.closed
  }

  private static func json(_ file: File) -> String {
    var object = JSONObject()
    object.add("file", file.path)
    object.add("error", file.error)
    object.add("lines", json: json(file.lineShare))
    object.add("branches", json: json(file.branchShare))
    object.add("functions", json: json(file.functionShare))
    object.add("uncoveredLines", array: file.lines.filter { $0.count == 0 }.map { "\($0.line)" })
    object.add(
      "untakenBranches",
      array: file.branches.flatMap(\.arms).filter { $0.count == 0 }.map { arm in
        var entry = JSONObject()
        entry.add("line", arm.line)
        entry.add("way", arm.name)
        return entry.closed
      })
    object.add("uncalledFunctions", array: file.functions.filter { $0.count == 0 }.map { JSONObject.quoted($0.name) })
    return object.closed
  }

  private static func json(_ change: Change) -> String {
    var object = JSONObject()
    object.add("id", change.id)
    object.add("place", change.place)
    object.add(
      "versions",
      array: change.versions.map { version, histories in
        var entry = JSONObject()
        entry.add("version", version)
        entry.add("histories", histories)
        return entry.closed
      })
    return object.closed
  }
}
