/// `meta.temporal` of a Lua entry: where the entry is registered.
struct TemporalMeta: Configurable {
  var workflow = WorkflowMeta()
  var activity = ActivityMeta()

  static let fields: [Field<TemporalMeta>] = [
    .object("workflow", \.workflow, "Registers a workflow.lua as a workflow"),
    .object("activity", \.activity, "Registers a function.lua or process.lua as an activity"),
  ]
}

struct WorkflowMeta: Configurable {
  var worker: Reference?
  var name = ""

  static let fields: [Field<WorkflowMeta>] = [
    .id("worker", \.worker, "The temporal.worker entry that runs the workflow; required"),
    .string("name", \.name, "Workflow type; ns:name of the entry where absent"),
  ]
}

struct ActivityMeta: Configurable {
  var worker: Reference?
  var isLocal = false

  static let fields: [Field<ActivityMeta>] = [
    .id("worker", \.worker, "The temporal.worker entry that runs the activity; required"),
    .bool("local", \.isLocal, "Marks a local activity; makes no difference"),
  ]
}

/// The part of a Lua entry's `meta` that Hindcast reads. Everything else in `meta` is the user's own.
struct LuaMeta {
  var temporal = TemporalMeta()

  init(_ meta: ConfigurationMap, kind: LuaEntry.Kind, in reader: inout FieldReader) {
    if let value = meta["temporal"], !value.isNull, let map = reader.map(value, "meta.temporal") {
      reader.read(map, at: value.position, into: &temporal, path: "meta.temporal")
      reportUseless(map, kind: kind, in: &reader)
    }
    for field in meta.fields where field.name != "temporal" && nearest(to: field.name, among: ["temporal"]) != nil {
      reader.report(
        "unknown field 'meta.\(field.name)'", at: field.position, severity: .warning, hint: "did you mean 'temporal'?")
    }
    ActivityOptionKeys.check(meta, in: &reader)
  }

  /// Warns of a registration that the runtime does not look at: of the wrong sort for the kind, or without a worker.
  private func reportUseless(_ map: ConfigurationMap, kind: LuaEntry.Kind, in reader: inout FieldReader) {
    for (name, worker) in [("workflow", temporal.workflow.worker), ("activity", temporal.activity.worker)] {
      guard let field = map.field(name), !field.value.isNull else { continue }
      let fits = name == "workflow" ? kind == .workflow : kind == .function || kind == .process
      if !fits {
        reader.report(
          "meta.temporal.\(name) has no effect on a \(kind.rawValue)", at: field.position, severity: .warning)
      } else if worker == nil, field.value.map?.isBlank("worker") == true {
        reader.report(
          "meta.temporal.\(name) names no worker, so the entry is not registered", at: field.position,
          severity: .warning, hint: "for example worker: \(reader.entry.namespace):worker")
      }
    }
  }
}
