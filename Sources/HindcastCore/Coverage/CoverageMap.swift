/// What histories could run of workflow code: every source with its lines, functions, branches and version calls.
public struct CoverageMap: Sendable, Equatable {
  /// The sources, sorted by id.
  public var units: [Unit]

  /// Makes a map.
  public init(units: [Unit] = []) { self.units = units }

  /// One source text, such as an entry of an app.
  public struct Unit: Sendable, Equatable {
    /// What `CoverageCounts` knows the source by, such as `app:order`.
    public var id: String
    /// The file that it stands in, as the user would type it.
    public var file: String
    /// The lines of the file that hold code that can run, ascending.
    public var lines: [Int]
    /// The functions, in the order of the text.
    public var functions: [Function]
    /// The places where code goes one of several ways, in the order of the text.
    public var branches: [Branch]
    /// The calls that ask for the version of a change with literal arguments, in the order of the text.
    public var versions: [VersionCall]
    /// Why nothing is known of the source: it does not compile.
    public var error: String?

    /// Makes a unit of which only the lines are known.
    public init(id: String, file: String, lines: [Int] = [], error: String? = nil) {
      self.id = id
      self.file = file
      self.lines = lines
      self.error = error
      functions = []
      branches = []
      versions = []
    }
  }

  /// A function of the text.
  public struct Function: Sendable, Equatable {
    /// Its name; `function@12` for one without, with its line.
    public var name: String
    /// The line of the file where it begins.
    public var line: Int
    /// The number under which `CoverageCounts` counts its calls.
    public var probe: Int

    /// Makes a function.
    public init(name: String, line: Int, probe: Int) {
      self.name = name
      self.line = line
      self.probe = probe
    }
  }

  /// A place where code goes one of several ways.
  public struct Branch: Sendable, Equatable {
    /// The line of the file where the statement begins.
    public var line: Int
    /// The ways.
    public var arms: [Arm]

    /// Makes a branch.
    public init(line: Int, arms: [Arm]) {
      self.line = line
      self.arms = arms
    }
  }

  /// One way that code may go.
  public struct Arm: Sendable, Equatable {
    /// What it is: `then`, `elseif`, `else`, `no else`, `loop`, `no round`.
    public var name: String
    /// The line of the file where it begins.
    public var line: Int
    /// The number under which `CoverageCounts` counts it.
    public var probe: Int

    /// Makes an arm.
    public init(name: String, line: Int, probe: Int) {
      self.name = name
      self.line = line
      self.probe = probe
    }
  }

  /// A call that asks for the version of a change.
  public struct VersionCall: Sendable, Hashable {
    /// The change.
    public var changeID: String
    /// The oldest version that the code supports.
    public var minimum: Int
    /// The newest one.
    public var maximum: Int
    /// The line of the file.
    public var line: Int

    /// Makes a call.
    public init(changeID: String, minimum: Int, maximum: Int, line: Int) {
      self.changeID = changeID
      self.minimum = minimum
      self.maximum = maximum
      self.line = line
    }
  }
}
