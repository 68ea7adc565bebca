/// Annotations, one for all findings of a rule at one place: a change of code that breaks 500 histories is one mistake.
struct Annotations {
  struct Annotation {
    var command: String
    var file: String?
    var line: Int?
    var column: Int?
    var title: String
    var message: String
    /// Histories with the same to say beyond the first.
    var others = 0

    /// The line of the log.
    var text: String {
      let more = others == 0 ? "" : "\nThe same in \(TextReporter.count(others, "more history", "more histories"))."
      return WorkflowCommand.line(
        command,
        ["file": file, "line": line.map(String.init), "col": column.map(String.init), "title": title],
        message: message + more)
    }
  }

  private struct Key: Hashable {
    var command: String
    var rule: String
    var file: String?
    var line: Int?
  }

  private var annotations: [Annotation] = []
  private var places: [Key: Int] = [:]

  /// Adds an annotation.
  mutating func add(_ annotation: Annotation, rule: String) {
    let key = Key(command: annotation.command, rule: rule, file: annotation.file, line: annotation.line)
    if annotation.line != nil, let place = places[key] {
      annotations[place].others += 1
    } else {
      places[key] = annotations.count
      annotations.append(annotation)
    }
  }

  /// The lines of the log: errors first, as GitHub shows no more than ten of each kind.
  var text: String {
    annotations.filter { $0.command == "error" }.map(\.text).joined()
      + annotations.filter { $0.command != "error" }.map(\.text).joined()
  }
}
