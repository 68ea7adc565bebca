/// The commands that a GitHub runner reads from the log of a step.
package enum WorkflowCommand {
  /// `::error file=a.lua,line=3,title=…::message`. Properties without a value are left out.
  package static func line(_ name: String, _ properties: KeyValuePairs<String, String?> = [:], message: String)
    -> String
  {
    let fields = properties.compactMap { name, value in value.map { "\(name)=\(property($0))" } }
    return "::\(name)" + (fields.isEmpty ? "" : " " + fields.joined(separator: ",")) + "::\(data(message))\n"
  }

  /// Text in which the runner finds no command, whatever a history or an app holds: the marks of commands get a backslash.
  static func defused(_ text: String) -> String {
    guard text.contains("::") || text.contains("##[") else { return text }
    return text.replacing("##[", with: "##\\[").split(separator: "\n", omittingEmptySubsequences: false).map { line in
      // The runner looks behind the blanks that a line begins with.
      let start = line.firstIndex { !$0.isWhitespace } ?? line.endIndex
      return line[start...].hasPrefix("::") ? line[..<start] + "\\" + line[start...] : line
    }.joined(separator: "\n")
  }

  private static func data(_ text: String) -> String {
    text.printable(keepsLines: true).replacing("%", with: "%25").replacing("\r", with: "%0D")
      .replacing("\n", with: "%0A")
  }

  private static func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}

/// The log of a step of a GitHub workflow, to which something else than commands is written.
public final class WorkflowLog: ReportOutput {
  private let log: any ReportOutput

  /// Writes to a log.
  public init(_ log: any ReportOutput) { self.log = log }

  /// Writes text in which the runner finds no command.
  public func write(_ text: String) throws(OutputError) { try log.write(WorkflowCommand.defused(text)) }

  /// Completes the log.
  public func complete() throws(OutputError) { try log.complete() }
}
