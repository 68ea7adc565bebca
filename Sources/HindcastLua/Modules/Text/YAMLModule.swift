import HindcastRegistry

/// `yaml`.
enum YAMLModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("encode", of: "yaml") { call, host throws(LuaRaise) in
      guard call.type(1) == .table else { return call.fail(.invalid("table expected"), host) }
      let value = call.goValue(1)
      var writer = YAMLWriter()
      if call.type(2) == .table {
        let order = call.field("field_order", of: 2) { call.goValue($0) }
        let isSorted = call.field("sort_unordered", of: 2) { call.boolean($0) } ?? false
        if case .array(let names) = order { writer.fieldOrder = names.compactMap(\.string) }
        // Upstream writes by another way where an option is given, which indents less.
        if isSorted || !writer.fieldOrder.isEmpty { writer.indent = 2 }
      }
      let text = writer.write(value)
      call.charge(instructions: Int64(text.utf8.count / 8))
      call.push(text)
      return call.succeed()
    }
    host.define("decode", of: "yaml") { call, host throws(LuaRaise) in
      guard call.type(1) == .string, let text = call.chargedBytes(1) else {
        return call.fail(.invalid("string expected"), host)
      }
      if text.isEmpty { return call.fail(.invalid("input cannot be empty"), host) }
      do throws(RegistryError) {
        call.push(GoValue(try YAMLText.decode(text)), floatsOnly: true)
        return call.succeed()
      } catch {
        return call.fail(
          .internalError("yaml: line \(error.position?.line ?? 1): \(error.message)", context: "decode failed"), host)
      }
    }
  }
}
