/// One report of an activity's `metrics` module.
public struct LuaMetric: Sendable, Hashable {
  /// What is done with the value.
  public enum Kind: Sendable, Hashable {
    /// A counter grows by it.
    case count
    /// A gauge is set to it.
    case set
    /// A gauge changes by it.
    case change
    /// A histogram takes it.
    case observe
  }

  /// The metric.
  public var name: String
  /// What is done with the value.
  public var kind: Kind
  /// The value.
  public var value: Double
  /// The labels that are strings.
  public var labels: [String: String]
}

/// `metrics`, for activities.
enum MetricsModule: LuaModule {
  static func register(_ host: ModuleHost) {
    let fixed: [(String, LuaMetric.Kind, Double)] = [
      ("counter_inc", .count, 1), ("gauge_inc", .change, 1), ("gauge_dec", .change, -1),
    ]
    for (name, kind, value) in fixed {
      host.define(name, of: "metrics") { call, host throws(LuaRaise) in
        guard let report = report(host) else { return call.fail(unavailable, host) }
        report(LuaMetric(name: try call.checkString(1), kind: kind, value: value, labels: labels(call, 2)))
        call.push(true)
        return call.succeed()
      }
    }
    let given: [(String, LuaMetric.Kind)] = [("counter_add", .count), ("gauge_set", .set), ("histogram", .observe)]
    for (name, kind) in given {
      host.define(name, of: "metrics") { call, host throws(LuaRaise) in
        guard let report = report(host) else { return call.fail(unavailable, host) }
        let metric = try call.checkString(1)
        report(LuaMetric(name: metric, kind: kind, value: try call.checkDouble(2), labels: labels(call, 3)))
        call.push(true)
        return call.succeed()
      }
    }
  }

  private static func report(_ host: ModuleHost) -> (@Sendable (LuaMetric) -> Void)? {
    host.client?.surroundings?.metrics ?? host.client?.appState?.metrics
  }

  private static var unavailable: LuaErrorValue { .internalError("metrics collector not available") }

  private static func labels(_ stack: LuaCall, _ position: Int) -> [String: String] {
    guard stack.type(position) == .table else { return [:] }
    var labels: [String: String] = [:]
    stack.forEachField(of: position) { key, value in
      if stack.type(key) == .string, stack.type(value) == .string {
        labels[stack.string(key) ?? ""] = stack.string(value)
      }
      return true
    }
    return labels
  }
}
