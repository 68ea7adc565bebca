/// A place in workflow code.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
  /// The file as the user knows it, such as `order_workflow.lua`.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// The column, from 1; nil where the language does not tell.
  public var column: Int?

  /// Makes a location.
  public init(file: String, line: Int, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line` or `file:line:column`, as compilers print it.
  public var description: String {
    column.map { "\(file):\(line):\($0)" } ?? "\(file):\(line)"
  }
}

/// One frame of a stack of workflow code, innermost first.
public struct StackFrame: Hashable, Sendable, CustomStringConvertible {
  /// Where the frame stands; nil for a frame of the host.
  public var location: SourceLocation?
  /// The function's name, where the language knows one.
  public var function: String?

  /// Makes a frame.
  public init(location: SourceLocation?, function: String?) {
    self.location = location
    self.function = function
  }

  /// `file:line in function`.
  public var description: String {
    let place = location.map(\.description) ?? "(host)"
    return function.map { "\(place) in \($0)" } ?? place
  }
}

/// Where one coroutine of a workflow stands and what it waits for.
public struct CoroutineStack: Hashable, Sendable {
  /// The coroutine's name, such as `main` or `coroutine 2`.
  public var name: String
  /// What it waits for, in words, such as `channel receive` or `activity app:charge_payment (id 5)`; nil when it can run.
  public var waitingFor: String?
  /// Its frames, innermost first.
  public var frames: [StackFrame]

  /// Where it stands: its innermost frame of the user's code.
  public var location: SourceLocation? { frames.lazy.compactMap(\.location).first }

  /// Makes a coroutine's stack.
  public init(name: String, waitingFor: String?, frames: [StackFrame]) {
    self.name = name
    self.waitingFor = waitingFor
    self.frames = frames
  }
}
