import HindcastRegistry

/// `env`, for activities: the variables that the app's entries define (spec/wippy.md 1.5).
enum EnvModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("get", of: "env") { call, host throws(LuaRaise) in
      let key = try call.checkString(1)
      if key.isEmpty { return call.fail(.invalid("empty key"), host) }
      do throws(EnvironmentError) {
        let value = try variables(host) { environment throws(EnvironmentError) in
          try environment.value(named: key, from: namespace(host))
        }
        call.push(value.revealed)
        return call.succeed()
      } catch {
        return call.fail(error.luaError(context: "get environment variable failed"), host)
      }
    }
    host.define("set", of: "env") { call, host throws(LuaRaise) in
      let key = try call.checkString(1)
      if key.isEmpty { return call.fail(.invalid("empty key"), host) }
      let value = try call.checkString(2)
      do throws(EnvironmentError) {
        try variables(host) { environment throws(EnvironmentError) in
          try environment.set(value, named: key, from: namespace(host))
        }
        call.push(true)
        return call.succeed()
      } catch {
        return call.fail(error.luaError(context: "set environment variable failed"), host)
      }
    }
    host.define("get_all", of: "env") { call, host throws(LuaRaise) in
      do throws(EnvironmentError) {
        let values = try variables(host) { environment throws(EnvironmentError) in environment.listedValues }
        call.push(GoValue.object(values.mapValues { .string($0.revealed) }))
        return call.succeed()
      } catch {
        return call.fail(error.luaError(context: "get all environment variables failed"), host)
      }
    }
  }

  private static func namespace(_ host: ModuleHost) -> String {
    EntryID(parsing: host.client?.entryID ?? "").namespace
  }

  private static func variables<Value>(
    _ host: ModuleHost, _ body: (inout EnvironmentResolver) throws(EnvironmentError) -> Value
  ) throws(EnvironmentError) -> Value {
    guard let state = host.client?.appState else {
      var none = EnvironmentResolver.empty
      return try body(&none)
    }
    return try state.withEnvironment(body)
  }
}

extension EnvironmentError {
  fileprivate func luaError(context: String) -> LuaErrorValue {
    let kind =
      switch self {
      case .undefined, .unset, .storageNotFound: ErrorKind.notFound
      case .readOnlyVariable, .readOnlyStorage: ErrorKind.permissionDenied
      case .unreadable, .unwritableFile: ErrorKind.internalError
      case .circular: ErrorKind.invalid
      }
    return LuaErrorValue(kind: kind, message: description, context: context, isRetryable: false)
  }
}
