/// The fields that every Lua entry has.
protocol LuaFields: Configurable {
  var source: LuaSource? { get set }
  var method: String { get }
  var modules: [PositionedName] { get set }
  var imports: [LuaImport] { get set }
  var pool: LuaPoolConfiguration { get }
  var meta: ConfigurationMap { get set }
}

extension LuaFields {
  var method: String { "" }
  var pool: LuaPoolConfiguration { LuaPoolConfiguration() }
  static var isOpen: Bool { true }

  fileprivate static var sourceField: Field<Self> {
    .source("source", \.source, "Code in place, or file:// and a path; required")
  }

  fileprivate static var sharedFields: [Field<Self>] {
    [
      .names("modules", \.modules, "Modules that become globals"),
      .imports("imports", \.imports, "Libraries that become globals, by alias"),
      .map("meta", \.meta, "Registration under temporal, default activity options under options, and anything else"),
    ]
  }

  /// What every Lua entry must hold.
  fileprivate func validateCommon(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    if source?.bytes.isEmpty ?? map.isBlank("source") {
      reader.report(
        "source is required", at: map["source"]?.position ?? position, hint: "for example source: file://main.lua")
    }
    for module in modules {
      if module.name.isEmpty { reader.report("module cannot be empty", at: module.position) }
      if !EntryID(parsing: module.name).namespace.isEmpty {
        reader.report(
          "module cannot have a namespace", at: module.position, hint: "libraries with an ID belong under imports")
      }
    }
    for item in imports {
      if item.alias.isEmpty { reader.report("import alias cannot be empty", at: item.position) }
      if item.id.name.isEmpty { reader.report("import :name cannot be empty", at: item.position) }
    }
  }
}

struct FunctionFields: LuaFields {
  var source: LuaSource?
  var method = ""
  var modules: [PositionedName] = []
  var imports: [LuaImport] = []
  var pool = LuaPoolConfiguration()
  var meta = ConfigurationMap()

  static let fields: [Field<FunctionFields>] =
    [
      sourceField,
      .string("method", \.method, "Function of the script's table to call; required"),
      .object("pool", \.pool, "How the function's Lua states are pooled"),
    ] + sharedFields

  func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    validateCommon(map, at: position, in: &reader)
    if method.isEmpty, map.isBlank("method") {
      reader.report("method is required", at: map["method"]?.position ?? position)
    }
  }
}

struct ProcessFields: LuaFields {
  var source: LuaSource?
  var method = ""
  var modules: [PositionedName] = []
  var imports: [LuaImport] = []
  var meta = ConfigurationMap()

  static let fields: [Field<ProcessFields>] =
    [sourceField, .string("method", \.method, "Function of the script's table to start")] + sharedFields

  func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    validateCommon(map, at: position, in: &reader)
  }
}

struct WorkflowFields: LuaFields {
  var source: LuaSource?
  var method = "main"
  var modules: [PositionedName] = []
  var imports: [LuaImport] = []
  var meta = ConfigurationMap()

  static let fields: [Field<WorkflowFields>] =
    [sourceField, .string("method", \.method, "Function of the script's table to start")] + sharedFields

  mutating func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    validateCommon(map, at: position, in: &reader)
    if method.isEmpty { method = WorkflowFields().method }
  }
}

struct LibraryFields: LuaFields {
  var source: LuaSource?
  var modules: [PositionedName] = []
  var imports: [LuaImport] = []
  var meta = ConfigurationMap()

  static let fields: [Field<LibraryFields>] = [sourceField] + sharedFields

  func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    validateCommon(map, at: position, in: &reader)
  }
}
