import XCTest

@testable import HindcastLua

/// Evaluates expressions in one workflow and compares what they give with what they should.
///
/// A value is shown by `tostring`, several are separated by spaces, floats that are whole by a `.0` less; an error value
/// is shown as its kind and its full text, an error that was raised as `raised:` and its text.
func assertLua(
  _ cases: [(expression: String, expected: String)], file: StaticString = #filePath, line: UInt = #line
) throws {
  let functions = cases.map { "function() return \($0.expression) end" }.joined(separator: ",\n")
  let run = try LuaTestRun(
    """
    local function show(value)
      if type(value) == "userdata" and value.kind then
        return value:kind() .. ": " .. json.decode((json.encode(value)))
      end
      return tostring(value)
    end
    local function shown(ok, ...)
      local texts = {}
      for i = 1, select("#", ...) do texts[i] = show((select(i, ...))) end
      return (ok and "" or "raised: ") .. table.concat(texts, " ")
    end
    local function main()
      local results = {}
      for i, f in ipairs({
    \(functions)
      }) do results[i] = shown(pcall(f)) end
      return results
    end
    return { main = main }
    """)
  try run.task()
  let outcome = run.outcome ?? "no outcome"
  guard let results = try? JSONDecoder().decode([String].self, from: Data(outcome.utf8)), results.count == cases.count
  else { return XCTFail(outcome, file: file, line: line) }
  for (result, (expression, expected)) in zip(results, cases) {
    XCTAssertEqual(result, expected, expression, file: file, line: line)
  }
}
