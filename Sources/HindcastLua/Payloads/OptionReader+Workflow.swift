import HindcastCore
import HindcastRegistry
import SwiftProtobuf
import TemporalAPI

// What the options of children and of workflows that are started from outside have in common.

extension OptionReader {
  func conflictPolicy() throws(PayloadError) -> Int? {
    try enumeration(
      "workflow.id_conflict_policy", prefix: "WORKFLOW_ID_CONFLICT_POLICY_",
      ["unspecified": 0, "fail": 1, "use_existing": 2, "terminate_existing": 3])
  }

  func reusePolicy() throws(PayloadError) -> Int? {
    try enumeration(
      "workflow.id_reuse_policy", prefix: "WORKFLOW_ID_REUSE_POLICY_",
      [
        "unspecified": 0, "allow_duplicate": 1, "allow_duplicate_failed_only": 2, "reject_duplicate": 3,
        "terminate_if_running": 4,
      ])
  }

  func searchAttributes() throws(PayloadError) -> [String: EncodedPayload] {
    let key = "workflow.search_attributes"
    let aliases = ["temporal.workflow.search_attributes", "temporal.workflow.typed_search_attributes"]
    guard let value = value(key, aliases: aliases), value != .null else { return [:] }
    guard case .object(let fields) = value else {
      throw PayloadError("\(key) must be temporal.SearchAttributes or map, got \(value.typeName)")
    }
    return try SearchAttributeValue.payloads(fields)
  }

  /// Summary and details; nil where there is neither.
  func userMetadata() throws(PayloadError) -> Temporal_Api_Sdk_V1_UserMetadata? {
    let summary = try string("workflow.summary", aliases: ["temporal.workflow.static_summary"]) ?? ""
    let details = try string("workflow.details", aliases: ["temporal.workflow.static_details"]) ?? ""
    guard !summary.isEmpty || !details.isEmpty else { return nil }
    return .with {
      if !summary.isEmpty { $0.summary = JSONPayload.payload(summary) }
      if !details.isEmpty { $0.details = JSONPayload.payload(details) }
    }
  }

  /// `"auto_upgrade"`, or a table with `mode` and, for `"pinned"`, the version.
  func versioningOverride(_ key: String) throws(PayloadError) -> Temporal_Api_Workflow_V1_VersioningOverride? {
    guard let value = value(key), value != .null else { return nil }
    if let text = value.string {
      guard Self.mode(text) == "auto_upgrade" else {
        throw PayloadError("\(key) mode \(goQuoted(text.utf8)) requires map with version details")
      }
      return .with { $0.autoUpgrade = true }
    }
    let fields = try Self.map(value, key)
    guard let mode = Self.field("mode", of: fields) else { throw PayloadError("\(key).mode is required") }
    switch Self.mode(try Self.string(mode, "\(key).mode")) {
    case "auto_upgrade": return .with { $0.autoUpgrade = true }
    case "pinned":
      let version = try Self.field("version", of: fields).map { value throws(PayloadError) in
        try Self.map(value, "\(key).version")
      }
      let deployment = try Self.versionPart("deployment_name", of: version ?? fields, key)
      let build = try Self.versionPart("build_id", of: version ?? fields, key)
      return .with {
        $0.pinned.behavior = .pinned
        $0.pinned.version.deploymentName = deployment
        $0.pinned.version.buildID = build
      }
    default: throw PayloadError("\(key).mode must be \"pinned\" or \"auto_upgrade\"")
    }
  }

  private static func versionPart(
    _ name: String, of fields: [String: GoValue], _ key: String
  ) throws(PayloadError) -> String {
    guard let value = field(name, of: fields) else {
      throw PayloadError("\(key).version.\(name) is required for pinned mode")
    }
    return try string(value, "\(key).version.\(name)")
  }

  private static func mode(_ text: String) -> String {
    text.lowercased().trimmingSpace().replacing("-", with: "_")
  }
}
