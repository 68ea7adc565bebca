/// What git says a commit changed.
struct UnifiedDiff {
  struct File: Equatable {
    /// The path after the change; before it where the file is gone.
    var path: String
    var change: Change
    var hunks: [Hunk]
  }

  enum Change: String { case added = "A", deleted = "D", modified = "M" }

  struct Hunk: Equatable {
    /// `@@ -1,3 +1,4 @@` and what follows.
    var header: String
    /// The first line after the change, from 1, and how many there are.
    var start: Int
    var count: Int
    /// With their ` `, `-` or `+`.
    var lines: [String]

    /// How many lines lie between a line of the file after the change and this; 0 for one inside.
    func distance(from line: Int) -> Int { max(start - line, line - (start + max(count, 1) - 1), 0) }
  }

  private(set) var files: [File] = []

  /// Reads a unified diff with the prefixes `a/` and `b/`; what is none is passed over.
  init(_ text: String) {
    var reader = Reader(lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    files = reader.files()
  }

  private struct Reader {
    let lines: [Substring]
    var index = 0

    mutating func files() -> [File] {
      var files: [File] = []
      while index < lines.count {
        let line = lines[index]
        index += 1
        if line.hasPrefix("diff --git ") {
          files.append(File(path: Self.path(ofHeader: line), change: .modified, hunks: []))
        } else if !files.isEmpty {
          read(line, into: &files[files.count - 1])
        }
      }
      return files
    }

    private mutating func read(_ line: Substring, into file: inout File) {
      if line.hasPrefix("new file ") { file.change = .added }
      if line.hasPrefix("deleted file ") { file.change = .deleted }
      if line.hasPrefix("+++ b/") { file.path = String(line.dropFirst(6)) }
      if line.hasPrefix("--- a/") { file.path = String(line.dropFirst(6)) }
      // By its counts, not by how lines begin: a removed comment of Lua looks like the name of a file.
      if let hunk = hunk(header: line) { file.hunks.append(hunk) }
    }

    /// Reads a hunk, its header gone by.
    private mutating func hunk(header: Substring) -> Hunk? {
      let words = header.split(separator: " ")
      guard words.count >= 4, words[0] == "@@", let old = Self.range(words[1], sign: "-"),
        let new = Self.range(words[2], sign: "+")
      else { return nil }
      var hunk = Hunk(header: String(header), start: new.start, count: new.count, lines: [])
      var (before, after) = (old.count, new.count)
      while index < lines.count, before > 0 || after > 0 || lines[index].hasPrefix("\\") {
        switch lines[index].first {
        case "-": before -= 1
        case "+": after -= 1
        case "\\": break
        // Some editors of diffs drop the blank of an empty line.
        case " ", nil: (before, after) = (before - 1, after - 1)
        default: return hunk
        }
        hunk.lines.append(String(lines[index]))
        index += 1
      }
      return hunk
    }

    /// `-7`, `+7,3`.
    private static func range(_ word: Substring, sign: Character) -> (start: Int, count: Int)? {
      guard word.first == sign else { return nil }
      let numbers = word.dropFirst().split(separator: ",").map { Int($0) }
      guard let start = numbers.first ?? nil, numbers.count <= 2, let count = numbers.count == 2 ? numbers[1] : 1 else {
        return nil
      }
      return (start, count)
    }

    /// The path in `diff --git a/x b/x`: all that a file without hunks has.
    private static func path(ofHeader line: Substring) -> String {
      let rest = line.dropFirst("diff --git ".count)
      // Both halves are alike, so the middle is where the second begins.
      let half = rest.dropFirst(rest.count / 2 + 1)
      return String(half.hasPrefix("b/") ? half.dropFirst(2) : half)
    }
  }

  /// The hunks that explain a place: those of its file that are near, else the nearest; without a place, or where its file
  /// was not changed, the first of each file.
  ///
  /// - Parameters:
  ///   - path: the place's file, relative to the repository.
  ///   - line: the place's line, from 1.
  func hunks(near path: String?, line: Int) -> [(file: File, hunk: Hunk)] {
    if let path, let file = files.first(where: { $0.path == path }), !file.hunks.isEmpty {
      let near = file.hunks.filter { $0.distance(from: line) <= Self.nearby }
      let nearest = file.hunks.min { $0.distance(from: line) < $1.distance(from: line) }
      return (near.isEmpty ? [nearest].compactMap(\.self) : near).map { (file, $0) }
    }
    return files.compactMap { file in file.hunks.first.map { (file, $0) } }
  }

  /// Within so many lines a change may be the cause.
  private static let nearby = 20
}
