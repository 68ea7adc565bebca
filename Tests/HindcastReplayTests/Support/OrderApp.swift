import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastRegistry
import HindcastTestSupport
import XCTest

/// A small Lua app whose workflow `app:order` calls an activity and sleeps.
enum OrderApp {
  static let entries = AppEntries.yaml(workflows: ["order": ["funcs", "time"]], activities: ["charge"])
  static let order = """
    local funcs = require("funcs")
    local time = require("time")

    local function main(input)
      local receipt, err = funcs.call("app:charge", {amount = 10})
      if err then return nil, err end
      time.sleep("10s")
      return {receipt = receipt}
    end

    return {main = main}

    """
  static let charge = "local function main(input) return 1 end\nreturn {main = main}\n"

  /// The files of the app, by name.
  static func files(order: String = order) -> [String: String] {
    ["_index.yaml": entries, "order.lua": order, "charge.lua": charge]
  }

  /// A history of `app:order`, which the code given recorded.
  static func history(order: String = order) throws -> [UInt8] {
    let code = LuaWorkflowCode(try Registry.load(.memory(files(order: order))))
    var server = RecordingServer(type: "app:order")
    return HistoryWriter.json(try server.record(try code.makeRuntime(.init())))
  }
}
