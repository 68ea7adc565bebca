import HindcastCore
import HindcastLint
import HindcastRegistry
import XCTest

/// For each rule code that it finds, with the exact place, and code beside it that is fine.
final class RuleTests: XCTestCase {
  private struct Case {
    var code: String
    /// `line:column rule` of each finding.
    var finds: [String]
    var line: UInt

    init(_ code: String, _ finds: String..., line: UInt = #line) {
      self.code = code
      self.finds = finds
      self.line = line
    }
  }

  private func check(_ cases: [Case]) {
    for item in cases {
      XCTAssertEqual(LintSamples.findings(in: item.code), item.finds, item.code, line: item.line)
    }
  }

  func testSyntax() {
    check([
      Case("local x = = 1", "1:11 lint-syntax"),
      Case("return function(a: number?): string return `` end", "1:44 lint-syntax"),
      Case(
        "type Count = number\nlocal x: Count = 1 as Count\nreturn function<T>(a: T, ...: T): (T, T) return a!, x :: number end"
      ),
    ])
  }

  func testRandomNumbers() {
    check([
      Case("return function() return math.random(6) end", "1:26 lint-random"),
      Case("local m = math\nlocal pick = m.random\nreturn function() return pick() end", "2:14 lint-random"),
      Case("return function() math.randomseed(1) end", "1:19 lint-random"),
      Case("return function() return math.floor(2.5), math.pi end"),
      Case("local math = {random = function() return 4 end}\nreturn function() return math.random() end"),
      Case("local crypto = require('crypto')\nreturn function() return crypto.random.string(4) end"),
    ])
  }

  func testClocksAndZones() {
    check([
      Case("return function() return os.clock() end", "1:26 lint-clock"),
      Case("local os = require(\"os\")\nreturn function() return os.clock() end", "2:26 lint-clock"),
      Case("return function() return os.time({year = 2024, month = 1, day = 1}) end", "1:26 lint-local-zone"),
      Case("return function(t) return os.date('%H', t) end", "1:27 lint-local-zone"),
      Case("return function(t) return os.time(), os.date('%H'), os.date('!%H', t), os.difftime(2, 1) end"),
      Case(
        "local time = require('time')\nlocal begun = time.now()\nreturn function() return begun end", "2:15 lint-clock"),
      Case("local time = require('time')\nreturn function() return time.now() end"),
    ])
  }

  func testAddresses() {
    check([
      Case("return function() local t = {}\nreturn tostring(t) end", "2:8 lint-address"),
      Case("local function f() end\nreturn function() return 'x' .. tostring(f) end", "2:33 lint-address"),
      Case("return function() return tostring({}) end", "1:26 lint-address"),
      Case("return function(t) return tostring(t), tostring(#t) end"),
      Case("return function() local t = {}\nt = 5\nreturn tostring(t) end"),
      Case(
        "return function() local t = {}\nsetmetatable(t, {__tostring = function() return '' end})\nreturn tostring(t) end"
      ),
    ])
  }

  func testLoopsOverPairs() {
    let head = "local funcs, time = require('funcs'), require('time')\n"
    check([
      Case(
        head + "return function(t) for k, v in pairs(t) do\nfuncs.call('app:act', v) end end",
        "2:20 lint-pairs-commands"),
      Case(head + "return function(t) for k in next, t do time.sleep(k) end end", "2:20 lint-pairs-commands"),
      Case(
        head
          + "local function step(v) if v then funcs.call('app:act', v) end end\nlocal function twice(v) step(v) step(v) end\n"
          + "return function(t) for _, v in pairs(t) do pcall(twice, v) twice(v) end end", "4:20 lint-pairs-commands"),
      Case(
        head
          + "local M = {}\nfunction M.step(v) time.sleep(v) end\nreturn function(t) for _, v in pairs(t) do M.step(v) end end",
        "4:20 lint-pairs-commands"),
      Case(
        head + "return function(t) for _, v in pairs(t) do coroutine.spawn(function() time.sleep(v) end) end end",
        "2:20 lint-pairs-commands"),
      Case(
        head + "local e = funcs.new():with_options({['activity.start_to_close_timeout'] = '1s'})\n"
          + "return function(t) for _, v in pairs(t) do e:call('app:act', v) end end", "3:20 lint-pairs-commands"),
      Case(head + "return function(t) for _, v in ipairs(t) do funcs.call('app:act', v) end end"),
      Case(head + "return function() for _, v in pairs({'a', 'b'}) do funcs.call('app:act', v) end end"),
      Case(
        head + "return function(t) local keys = {}\nfor k in pairs(t) do table.insert(keys, k) end\ntable.sort(keys)\n"
          + "for _, k in ipairs(keys) do funcs.call('app:act', t[k]) end end"),
      Case(
        head
          + "return function(t) for _, v in pairs(t) do v:call('x') local later = function() time.sleep(1) end end end"),
      // One that calls itself.
      Case(head + "local function f(n) return f(n) end\nreturn function(t) for _, v in pairs(t) do f(v) end end"),
    ])
  }

  func testGlobals() {
    check([
      Case(
        "return function(n)\ncount = n\nreturn function() return count end end", "3:26 lint-global-read"),
      Case("limit = 5\nreturn function() return limit end"),
      Case("function helper() return 1 end\nreturn function() return helper() end"),
      Case("return function(n) local count = n\ncount = count + 1 return count end"),
    ])
    XCTAssertEqual(
      LintSamples.findings([
        "main.lua": "return function() return state end", "helper.lua": "return {set = function(v) state = v end}",
      ]), ["1:26 lint-global-read"])
  }

  func testModules() {
    check([
      Case("local sql = require('sql')\nreturn function() end", "1:13 lint-missing-module"),
      Case("local yaml = require(\"yaml\")\nreturn function() return yaml end", "1:14 lint-missing-module"),
      Case("local nope = require 'nope'\nreturn function() return nope end", "1:14 lint-missing-module"),
      Case("return function(t) return yaml.encode(t) end", "1:27 lint-missing-module"),
      Case("return function() return undefinde.x end", "1:26 lint-undefined-global"),
      Case("return function(v) return Price(v) end", "1:27 lint-undefined-global"),
      Case("type Price = {amount: number}\nreturn function(v) return Price(v), Price:is(v), integer(v), nil(v) end"),
      Case("local helper = require('helper')\nreturn function() return helper, json.encode({}), process.pid() end"),
      Case("return function() if feature then feature.use() end end"),
      Case("_G.feature = {}\nreturn function() feature.use() end"),
      Case("return function() local s = string.upper('x') return unpack({s, channel.new(1)}) end"),
    ])
    // What the entry of the workflow declares is there for its libraries as well.
    XCTAssertEqual(LintSamples.findings(["helper.lua": "local json = require('json')\nreturn {json = json}"]), [])
    XCTAssertEqual(
      LintSamples.findings(["helper.lua": "return {x = require('expr')}"]), ["helper.lua:1:13 lint-missing-module"])
  }

  func testWhatTheRuntimeLacks() {
    check([
      Case("return function() return io.open('x') end", "1:26 lint-missing-module"),
      Case("return function() return load('return 1')() end", "1:26 lint-unavailable"),
      Case("return function() return os.getenv('HOME') end", "1:26 lint-unavailable"),
      Case("return function(...) return table.pack(...) end", "1:29 lint-unavailable"),
      Case("return function() return debug.traceback() end", "1:26 lint-unavailable"),
      Case("return function(s) if utf8 then return utf8.len(s) end end"),
      Case("return function(...) local pack = table.pack or function(...) return {...} end return pack(...) end"),
      Case("function string.trim(s) return s end\nreturn function() end", "1:10 lint-immutable-library"),
      Case("math.huge = 1\nreturn function() end", "1:1 lint-immutable-library"),
      Case("local string = {}\nfunction string.trim(s) return s end\nreturn function() end"),
    ])
  }

  func testCommandsWhileLoading() {
    let head = "local funcs, time = require('funcs'), require('time')\n"
    check([
      Case(head + "time.sleep(5)\nreturn function() end", "2:1 lint-chunk-command"),
      Case(
        head
          + "local function load_all() return funcs.call('app:act') end\nlocal all = load_all()\nreturn function() return all end",
        "3:13 lint-chunk-command"),
      Case(
        head + "local function later() time.sleep(5) end\nreturn {main = later, other = function() time.sleep(1) end}"),
    ])
  }

  func testVersions() {
    let head = "local workflow = require('workflow')\n"
    check([
      Case(
        head + "return function() local v = workflow.version('x', 1, 3)\nif v == 5 then return 5 end end",
        "3:4 lint-version-unreachable"),
      Case(
        head + "return function() local v = workflow.version('x', 2, 3)\nif v == -1 or v < 2 then return 1 end end",
        "3:4 lint-version-unreachable", "3:15 lint-version-unreachable"),
      Case(
        head + "return function() if workflow.version('x', 1, 2) >= 1 then return 1 end end",
        "2:22 lint-version-unreachable"),
      Case(
        head + "return function() if 4 <= workflow.version('x', -1, 3) then return 1 end end",
        "2:22 lint-version-unreachable"),
      Case(head + "return function() return workflow.version('x', 3, 1) end", "2:26 lint-version-range"),
      Case(
        head
          + "return function() local a = workflow.version('x', 1, 2)\nlocal b = workflow.version('x', 1, 3) return a + b end",
        "3:11 lint-version-conflict"),
      Case(head + "return function(id) return workflow.version(id, 1, 2) end", "2:28 lint-version-id"),
      Case(head + "return function(i) return workflow.version('step-' .. i, 1, 2) end", "2:27 lint-version-id"),
      Case(
        head
          + "return function() local v = workflow.version('x', -1, 2)\nif v == -1 then return 0 elseif v == 1 then return 1 else return v + 1 == 9 end end"
      ),
      Case(
        head + "return function() local v = workflow.version('x', 1, 3)\nv = v + 2\nif v == 5 then return 5 end end"),
      Case(
        head
          + "return function() local a = workflow.version('x', 1, 2)\nlocal b = workflow.version('x', 1, 2) return a + b end"
      ),
      Case(head + "return function(low) return workflow.version('x', low, 2) == 5 end"),
    ])
  }

  func testActivities() {
    let head = "local funcs, workflow = require('funcs'), require('workflow')\n"
    check([
      Case(head + "return function() return funcs.call('app:slow') end", "2:26 lint-activity-timeout"),
      Case(
        head
          + "return function() local e = funcs.new():with_options({['activity.summary'] = 's'})\nreturn e:call('app:slow') end",
        "3:10 lint-activity-timeout"),
      Case(
        head
          + "return function() local e = funcs.new():with_options({['activity.schedule_to_close_timeout'] = 5})\nreturn e:call('app:slow') end"
      ),
      Case(head + "return function(o) return funcs.new():with_options(o):call('app:slow'), funcs.call('app:act') end"),
      Case(head + "return function() return funcs.call('app:missing') end", "2:26 lint-unknown-target"),
      Case(head + "return function() return funcs.call('app:local') end", "2:26 lint-unknown-target"),
      Case(head + "return function() return funcs.call('app:main') end", "2:26 lint-unknown-target"),
      Case(head + "return function() return workflow.exec('app:act') end", "2:26 lint-unknown-target"),
      Case(
        head
          + "return function(n) return workflow.exec('app:main'), funcs.call(n), process.spawn('app:main', 'host') end"),
      Case(head + "return function() funcs.async('app:act') end", "2:19 lint-unawaited"),
      Case(head + "return function() local f = funcs.async('app:act') end", "2:25 lint-unawaited"),
      Case(
        head
          + "return function() local _ = funcs.async('app:act')\nlocal f = funcs.async('app:act') return f:response():receive() end"
      ),
    ])
    let (foreign, _) = (LintSamples.findings(in: head + "return function() return funcs.call('pay:charge') end"), 0)
    XCTAssertEqual(foreign, ["2:26 lint-unknown-target"])
  }

  func testFunctionsAreHeldToLess() {
    let code = """
      local funcs, http = require("funcs"), require("http_client")
      local function main(t)
        count = (count or 0) + 1
        for k in pairs(t) do funcs.call("app:missing", math.random(), os.clock(), tostring({})) end
        return http.get("x"), process.pid(), time.now()
      end
      return {main = main}
      """
    XCTAssertEqual(LintSamples.findings(["act.lua": code]), ["act.lua:5:40 lint-missing-module"])
  }

  func testSeverities() {
    let findings = Linter.findings(
      in: .memory(
        LintSamples.files.merging([
          "main.lua": """
          local funcs, workflow = require("funcs"), require("workflow")
          return function(i)
            math.randomseed(i)
            funcs.call("pay:charge")
            return workflow.version("a" .. i, 1, 2), workflow.version(i, 1, 2), math.random()
          end
          """
        ]) { $1 }))
    XCTAssertEqual(
      findings.map { "\($0.location.line) \($0.severity)" }, ["3 warning", "4 info", "5 info", "5 warning", "5 error"])
  }
}
