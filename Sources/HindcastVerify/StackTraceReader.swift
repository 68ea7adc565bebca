import HindcastCore

/// Reads the places out of the stack traces that SDKs send with a failure.
enum StackTraceReader {
  /// The frames, innermost first; empty for a form that is not known.
  static func frames(in text: String) -> [StackFrame] {
    let python = text.matches(of: /File "([^"\n]+)", line (\d+), in (\S+)/)
    if !python.isEmpty {
      // A traceback ends where the error was raised.
      return python.reversed().compactMap { frame(String($0.1), $0.2, nil, String($0.3)) }
    }
    return text.matches(of: /at (?:async )?(\S+) \(([^()\n]+?):(\d+)(?::(\d+))?\)/).compactMap {
      frame(String($0.2), $0.3, $0.4, String($0.1))
    }
  }

  private static func frame(
    _ file: String, _ line: Substring, _ column: Substring?, _ function: String
  ) -> StackFrame? {
    guard let line = Int(line) else { return nil }
    return StackFrame(
      location: SourceLocation(file: file, line: line, column: column.flatMap { Int($0) }), function: function)
  }
}
