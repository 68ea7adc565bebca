import HindcastCore
import HindcastRegistry

/// A Lua source, translated and compiled.
final class LuaUnit: Sendable {
  /// The entry's id.
  let id: String
  let program: LuaProgram
  /// The support functions that the program expects as its arguments, by number.
  let support: [Int]
  /// The lines of loops over `pairs`.
  let pairsLoops: [ClosedRange<Int>]
  /// The line that first mentions `math.random`; nil: none does.
  let randomLine: Int?
  let place: SourceText
  /// What can be covered of the source; nil unless it was asked for.
  let coverable: LuaCoverable?

  /// - Parameter countsCoverage: whether the program counts which ways it goes.
  init(_ definition: LuaDefinition, countsCoverage: Bool = false) throws(WorkflowLoadError) {
    id = definition.id
    place = definition.place
    let translation: LuaTranslation
    do throws(LuaSyntaxError) {
      translation = try Self.translate(definition, countsCoverage: countsCoverage)
    } catch {
      throw WorkflowLoadError(
        .invalidCode, error.message,
        location: Self.location(error.line, in: place, column: place.lineOffset == 0 ? error.column : nil),
        hint: error.hint)
    }
    do throws(LuaFault) {
      program = try LuaProgram(text: translation.text, chunkName: definition.id)
    } catch {
      let (line, message) = Self.split(error.message, after: definition.id)
      throw WorkflowLoadError(.invalidCode, message, location: Self.location(line, in: place))
    }
    coverable = translation.coverable
    support = SupportFunctions.numbers(of: translation.support)
    pairsLoops = translation.pairsLoops
    randomLine = translation.globals.first { $0.name == "math.random" }?.line
  }

  /// The source in Lua 5.4. What is added for coverage can exceed a limit of Lua's, such as the number of locals of a
  /// function; then only lines are counted.
  private static func translate(
    _ definition: LuaDefinition, countsCoverage: Bool
  ) throws(LuaSyntaxError) -> LuaTranslation {
    let plain = try LuaDialect.translate(definition.bytes, chunkName: definition.id)
    guard countsCoverage else { return plain }
    var counting = try LuaDialect.translate(definition.bytes, chunkName: definition.id, countsCoverage: true)
    // What the text itself has code for, not what was added to it.
    let compiled = (try? LuaProgram(text: plain.text, chunkName: definition.id))?.compiled ?? []
    counting.coverable?.codeLines.formIntersection(CompiledLines.active(in: compiled) ?? [])
    if (try? LuaProgram(text: counting.text, chunkName: definition.id)) != nil { return counting }
    counting.text = plain.text
    counting.support = plain.support
    counting.coverable?.functions = []
    counting.coverable?.branches = []
    return counting
  }

  /// Where a line of the source stands.
  func location(_ line: Int) -> SourceLocation { Self.location(line, in: place) }

  private static func location(_ line: Int, in place: SourceText, column: Int? = nil) -> SourceLocation {
    SourceLocation(file: place.file, line: place.fileLine(ofTextLine: line), column: column)
  }

  /// Takes `name:line:` off the front of a message of the compiler.
  private static func split(_ message: String, after name: String) -> (line: Int, message: String) {
    let rest = message.hasPrefix(name + ":") ? message.dropFirst(name.count + 1) : message[...]
    let digits = rest.prefix { $0.isNumber }
    guard let line = Int(digits), rest.dropFirst(digits.count).hasPrefix(":") else { return (1, message) }
    return (line, String(rest.dropFirst(digits.count + 1).drop { $0 == " " }))
  }
}

/// Everything that a run of an entry loads, in order.
final class LuaBlueprint: Sendable {
  /// One global that is set before the script runs.
  enum Global: Sendable {
    case module(String)
    case library(alias: String, LuaUnit)
  }

  let definition: LuaDefinition
  let globals: [Global]
  let main: LuaUnit
  /// All sources, the libraries first.
  let units: [LuaUnit]
  /// Those that loop over `pairs`.
  let loopingUnits: [LuaUnit]
  /// The sources by the names that Lua knows them by.
  let places: [String: LuaUnit]

  init(definition: LuaDefinition, globals: [Global], main: LuaUnit) {
    self.definition = definition
    self.globals = globals
    self.main = main
    units = globals.compactMap { if case .library(_, let unit) = $0 { unit } else { nil } } + [main]
    loopingUnits = units.filter { !$0.pairsLoops.isEmpty }
    places = Dictionary(units.map { ($0.id, $0) }) { first, _ in first }
  }
}
