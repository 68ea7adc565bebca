import HindcastCore
import HindcastReplay
import HindcastTestSupport

/// One text of a workflow that is replaced by another: an operator of spec/replay.md 10.1 as a Lua author makes it.
struct LuaMutation {
  /// What is changed.
  enum Base: CaseIterable {
    case flow, parallel, identities, versions, signals, updates, upgrade
  }

  var operation: String
  var base = Base.flow
  var replacing: String
  var by: String
  var verdict: Verdict
  var rule: RuleCode?
  /// The line of the change, which the report must name within two lines.
  var line: Int?
  /// What the cause in the report must name, for a divergence.
  var cause: [String] = []

  /// All of them. Wippy has neither local activities nor mutable side effects nor run IDs of signals, and its timers are
  /// stopped without a command, so M21, M25 to M28 and M46 have no counterpart in Lua. M20 needs an app: see
  /// `Histories/changes`.
  static let all = flowMutations + otherMutations

  /// The code after the change.
  var source: String { base.source.replacing(replacing, with: by) }
}

extension LuaMutation.Base {
  /// The code before any change.
  var source: String {
    switch self {
    case .flow:
      """
      local funcs = require("funcs")
      local time = require("time")
      local workflow = require("workflow")

      local function main(input)
        local options = funcs.new():with_options({["activity.start_to_close_timeout"] = "30s"})
        local hello = options:call("app:say_hello", {name = "ann", count = 2})
        local left = funcs.async("app:left", 1)
        local right = funcs.async("app:right", 2)
        local a = left:response():receive():data()
        local b = right:response():receive():data()
        time.sleep("10s")
        local child = workflow.exec("app:child", {n = 1})
        workflow.attrs({memo = {stage = "end"}})
        return {hello = hello, a = a, b = b}
      end

      return main
      """
    case .parallel:
      """
      local funcs = require("funcs")
      local time = require("time")

      local function main(input)
        local a = funcs.async("app:a", 1)
        local timer = time.timer("5s")
        a:response():receive()
        funcs.call("app:b", 2)
        return "done"
      end

      return main
      """
    case .identities:
      """
      local funcs = require("funcs")

      local function main(input)
        local caller = funcs.new():with_options({["activity.id"] = "one"})
        caller:call("app:a", 1)
        local spawner = process.with_options({["workflow.id"] = "one"})
        spawner:spawn("app:kid", "queue", 1)
        return "done"
      end

      return main
      """
    case .versions:
      """
      local funcs = require("funcs")
      local workflow = require("workflow")

      local function main(input)
        local version = workflow.version("greeting", -1, 2)
        local greeting = version >= 1 and "app:greet" or "app:hello"
        funcs.call(greeting, 1)
        return "done"
      end

      return main
      """
    case .signals:
      """
      local funcs = require("funcs")
      local workflow = require("workflow")

      local function main(input)
        local go = process.listen("go")
        funcs.call("app:first", 1)
        local message = go:receive()
        funcs.call("app:second", 2)
        return "done"
      end

      return main
      """
    case .updates:
      """
      local function main(input)
        local changes = process.listen("set", {message = true})
        local message = changes:receive()
        process.send(message:from(), "ack")
        process.send(message:from(), "ok", message:payload():data())
        return "done"
      end

      return main
      """
    case .upgrade:
      """
      local function main(input)
        process.upgrade("app:flow", 1)
        return "done"
      end

      return main
      """
    }
  }

  /// What comes from outside while it is recorded.
  var incidents: [Int: [RecordingServer.Incident]] {
    switch self {
    case .signals: [3: [.signal("go", .json("1"))]]
    case .updates: [2: [.update(id: "set-1", name: "set", .json("1"))]]
    default: [:]
    }
  }
}

extension LuaMutation {
  static let flowMutations: [LuaMutation] = [
    .init(
      operation: "M01", replacing: "options:call(\"app:say_hello\", {name = \"ann\", count = 2})", by: "nil",
      verdict: .nondeterministic, rule: .missingCommand, line: 8,
      cause: ["no longer", "activity app:say_hello (event 5)", "activity app:left"]),
    .init(
      operation: "M02", replacing: "time.sleep(\"10s\")", by: "", verdict: .nondeterministic, rule: .missingCommand,
      line: 13, cause: ["no longer", "the timer of 10s (event 20)", "child workflow app:child"]),
    .init(
      operation: "M03", replacing: "local hello =", by: "funcs.call(\"app:new\"); local hello =",
      verdict: .nondeterministic,
      rule: .activityTypeChanged, line: 7, cause: ["new activity app:new", "before activity app:say_hello"]),
    .init(
      operation: "M04", replacing: "local hello =", by: "time.sleep(\"3s\"); local hello =", verdict: .nondeterministic,
      rule: .commandKindChanged, line: 7, cause: ["new timer of 3s", "before activity app:say_hello"]),
    .init(
      operation: "M05", replacing: "local a =", by: "funcs.async(\"app:new\"); local a =", verdict: .nondeterministic,
      rule: .extraCommand, line: 10, cause: ["new activity app:new", "before the timer of 10s"]),
    .init(
      operation: "M06", replacing: "return {hello", by: "funcs.async(\"app:new\"); return {hello",
      verdict: .nondeterministic,
      rule: .extraCommand, line: 15, cause: ["new activity app:new", "before it completes"]),
    .init(
      operation: "M08",
      replacing: "local left = funcs.async(\"app:left\", 1)\n  local right = funcs.async(\"app:right\", 2)",
      by: "local right = funcs.async(\"app:right\", 2)\n  local left = funcs.async(\"app:left\", 1)",
      verdict: .nondeterministic,
      rule: .commandsReordered, line: 8, cause: ["order", "activity app:right before activity app:left"]),
    .init(
      operation: "M10", replacing: "app:say_hello", by: "app:say_bye", verdict: .nondeterministic,
      rule: .activityTypeChanged, line: 7, cause: ["activity app:say_bye where", "activity app:say_hello (event 5)"]),
    .init(
      operation: "M11", replacing: "\"app:say_hello\"", by: "\"pkg.app:say_hello\"", verdict: .passed,
      rule: .typePrefixChanged),
    .init(operation: "M13", replacing: "\"ann\"", by: "\"bob\"", verdict: .passed, rule: .inputChanged, line: 7),
    .init(operation: "M14", replacing: "\"30s\"", by: "\"31s\"", verdict: .passed, rule: .optionsChanged, line: 7),
    .init(operation: "M15", replacing: "\"10s\"", by: "\"11s\"", verdict: .passed, rule: .durationChanged, line: 12),
    .init(
      operation: "M18", replacing: "app:child", by: "app:other", verdict: .nondeterministic, rule: .childTypeChanged,
      line: 13, cause: ["child workflow app:other where", "child workflow app:child (event 25)"]),
    .init(operation: "M19", replacing: "{n = 1}", by: "{n = 2}", verdict: .passed, rule: .inputChanged, line: 13),
    .init(
      operation: "M22", replacing: "stage = \"end\"", by: "stage = \"over\"", verdict: .passed, rule: .memoChanged,
      line: 14),
    .init(
      operation: "M24", replacing: "local left", by: "require(\"uuid\").v4(); local left", verdict: .nondeterministic,
      rule: .sideEffectAdded, line: 8, cause: ["new side effect", "before activity app:left"]),
    .init(
      operation: "M29", replacing: "local left",
      by: "if workflow.version(\"new\", -1, 1) > 0 then funcs.call(\"app:new\") end; local left", verdict: .passed,
      rule: nil),
    .init(
      operation: "M30", replacing: "local left", by: "workflow.version(\"new\", 1, 2); local left",
      verdict: .nondeterministic,
      rule: .versionUnsupported, line: 8,
      cause: ["no longer supports runs from before the change \"new\"", "version 1 to 2"]),
    .init(
      operation: "M34", replacing: "time.sleep(\"10s\")", by: "if a == nil then return 1 end",
      verdict: .nondeterministic, rule: .completedEarly, line: 12,
      cause: ["ends early", "timer of 10s (event 20)", "2 more"]),
    .init(
      operation: "M35", replacing: "{hello = hello,", by: "{", verdict: .passed, rule: .resultChanged,
      cause: ["ends early", "timer of 10s (event 20)", "2 more"]),
    .init(
      operation: "M36", replacing: "return {hello", by: "return nil, \"no\" or {hello", verdict: .nondeterministic,
      rule: .closeKindChanged, line: 15, cause: ["fails the workflow where the history completes"]),
    .init(
      operation: "M37", replacing: "return {hello", by: "process.upgrade(\"app:flow\"); return {hello",
      verdict: .nondeterministic,
      rule: .closeKindChanged, line: 15, cause: ["continues as new where the history completes"]),
    .init(
      operation: "M39", replacing: "return {hello", by: "process.listen(\"go\"):receive(); return {hello",
      verdict: .nondeterministic,
      rule: .notCompleted, line: 15, cause: ["does not end", "waits for topic go"]),
    .init(
      operation: "M40", replacing: "local a =", by: "while true do end; local a =", verdict: .deadlocked,
      rule: .deadlock, line: 10),
    .init(
      operation: "M41", replacing: "local a =", by: "error(\"oops\"); local a =", verdict: .failed, rule: .codeError,
      line: nil),
    .init(
      operation: "M42", replacing: "time.sleep(\"10s\")", by: "channel.new():receive()", verdict: .deadlocked,
      rule: .logicalDeadlock, line: 12),
    .init(
      operation: "M43", replacing: "time.sleep(\"10s\")",
      by:
        "local x, y = channel.new(0), channel.new(0); coroutine.spawn(function() x:receive(); y:send(1) end); y:receive()",
      verdict: .deadlocked, rule: .logicalDeadlock, line: 12),
  ]

  static let otherMutations: [LuaMutation] = [
    // Nobody knows the answer that the code goes on with, but the call is new all the same.
    .init(
      operation: "M03 with its result",
      replacing: "local hello =",
      by: "local risk = funcs.call(\"app:check\"); if risk.score > 5 then return end; local hello =",
      verdict: .nondeterministic, rule: .activityTypeChanged, line: 7,
      cause: ["new activity app:check", "before activity app:say_hello", "as far as can be told"]),
    .init(
      operation: "M07", base: .parallel,
      replacing: "local a = funcs.async(\"app:a\", 1)\n  local timer = time.timer(\"5s\")",
      by: "local timer = time.timer(\"5s\")\n  local a = funcs.async(\"app:a\", 1)", verdict: .nondeterministic,
      rule: .commandsReordered, line: 5, cause: ["order", "the timer of 5s before activity app:a"]),
    .init(
      operation: "M12", base: .identities, replacing: "[\"activity.id\"] = \"one\"", by: "[\"activity.id\"] = \"two\"",
      verdict: .nondeterministic, rule: .activityIDChanged, line: 4,
      cause: ["activity app:a the ID two", "has one (event 5)"]),
    .init(
      operation: "M17", base: .identities, replacing: "[\"workflow.id\"] = \"one\"", by: "[\"workflow.id\"] = \"two\"",
      verdict: .nondeterministic, rule: .childIDChanged, line: 6,
      cause: ["child workflow app:kid the ID two", "has one (event"]),
    .init(
      operation: "M23", base: .signals, replacing: "local go =", by: "workflow.attrs({memo = {stage = 1}}); local go =",
      verdict: .nondeterministic, rule: .extraCommand, line: 5,
      cause: ["new memo field stage", "before activity app:first"]),
    .init(
      operation: "M31 branch", base: .versions, replacing: "version >= 1", by: "version >= 3",
      verdict: .nondeterministic,
      rule: .activityTypeChanged, line: 6, cause: ["activity app:hello where", "activity app:greet (event 7)"]),
    .init(
      operation: "M31 without the call", base: .versions, replacing: "workflow.version(\"greeting\", -1, 2)", by: "-1",
      verdict: .nondeterministic, rule: .activityTypeChanged, line: 5,
      cause: ["no longer asks for the version of the change \"greeting\"", "version 2 (event 5)", "activity app:hello"]),
    .init(
      operation: "M32", base: .versions, replacing: "workflow.version(\"greeting\", -1, 2)", by: "2", verdict: .passed,
      rule: .versionUnused),
    .init(
      operation: "M33", base: .versions, replacing: "-1, 2", by: "-1, 1", verdict: .nondeterministic,
      rule: .versionUnsupported, line: 5,
      cause: ["older than this run", "version -1 to 1 of the change \"greeting\"", "version 2 (event 5)"]),
    .init(
      operation: "M38", base: .upgrade, replacing: "upgrade(\"app:flow\"", by: "upgrade(\"app:other\"",
      verdict: .passed,
      rule: .continueAsNewChanged, line: 2),
    .init(
      operation: "M45", base: .signals, replacing: "local message = go:receive()", by: "", verdict: .nondeterministic,
      rule: .extraCommand, line: 7,
      cause: ["activity app:second earlier than the history", "does not wait for signal go (event"]),
    .init(
      operation: "M45 renamed", base: .signals, replacing: "listen(\"go\")", by: "listen(\"start\")",
      verdict: .nondeterministic, rule: .missingCommand, line: 5,
      cause: ["waits for topic start", "activity app:second (event", "nobody received the signal go"]),
    .init(
      operation: "M47", base: .updates, replacing: "listen(\"set\"", by: "listen(\"assign\"",
      verdict: .nondeterministic,
      rule: .updateUnanswered, line: 2, cause: ["no longer handles update set (event", "waits for topic assign"]),
  ]
}
