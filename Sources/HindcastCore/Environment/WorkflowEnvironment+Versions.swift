import SwiftProtobuf
import TemporalAPI

/// The name of the search attribute that lists a run's versions.
let changeVersionAttribute = "TemporalChangeVersion"

extension WorkflowEnvironment {
  /// The version of a change: the recorded one, or `maximum` (recorded from now on) where the code runs for the first time.
  ///
  /// Go's `GetVersion` (spec/replay.md 5.1): a change that the history does not know answers −1 while replaying, and keeps
  /// that answer for the rest of the run.
  public func version(of changeID: String, minimum: Int, maximum: Int) throws(TaskFailure) -> Int {
    usedVersions.insert(changeID)
    if let prompter {
      let version = prompter.version(
        of: changeID, recorded: versions[changeID], minimum: minimum, maximum: maximum, at: instance?.currentLocation)
      note(version, of: changeID)
      return version
    }
    if let known = versions[changeID] {
      noteUse(of: changeID, known, minimum, maximum)
      try check(known, of: changeID, minimum: minimum, maximum: maximum)
      return known
    }
    guard !isReplaying else {
      let version = -1
      noteUse(of: changeID, version, minimum, maximum)
      try check(version, of: changeID, minimum: minimum, maximum: maximum)
      note(version, of: changeID)
      return version
    }
    try record(maximum, of: changeID)
    noteUse(of: changeID, maximum, minimum, maximum)
    try check(maximum, of: changeID, minimum: minimum, maximum: maximum)
    note(maximum, of: changeID)
    return maximum
  }

  private func record(_ version: Int, of changeID: String) throws(TaskFailure) {
    let all = ["\(changeID)-\(version)"] + versionOrder.compactMap { id in versions[id].map { "\(id)-\($0)" } }
    let list = JSONPayload.payload(all)
    // The server refuses a search attribute above its size limit, which would fail the workflow.
    let isUpserted = !(tryUse(.limitChangeVersionSASize) && list.data.count >= 2048)
    let issued = issue(.recordMarker) {
      $0.recordMarkerCommandAttributes = .with {
        $0.markerName = Marker.version
        $0.details["change-id"] = JSONPayload.payloads(JSONPayload.payload(changeID))
        $0.details["version"] = JSONPayload.payloads(JSONPayload.payload(version))
        if !isUpserted {
          $0.details["version-search-attribute-updated"] = JSONPayload.payloads(JSONPayload.payload(false))
        }
      }
    }
    try ledger.add(CommandMachine(.marker, id: "Version_\(changeID)", issued: issued))
    if isUpserted { try upsertSearchAttributes([changeVersionAttribute: list]) }
  }

  private func note(_ version: Int, of changeID: String) {
    if versions.updateValue(version, forKey: changeID) == nil { versionOrder.append(changeID) }
  }

  private func noteUse(of changeID: String, _ version: Int, _ minimum: Int, _ maximum: Int) {
    let use = VersionUse(changeID: changeID, version: version, minimum: minimum, maximum: maximum)
    if versionUses.last != use, !versionUses.contains(use) { versionUses.append(use) }
  }

  private func check(_ version: Int, of changeID: String, minimum: Int, maximum: Int) throws(TaskFailure) {
    if version < minimum {
      throw located(
        .illegalState(
          "Workflow code removed support of version \(version). for \"\(changeID)\" changeID. "
            + "The oldest supported version is \(minimum)", rule: .versionUnsupported))
    }
    if version > maximum {
      throw located(
        .illegalState(
          "Workflow code is too old to support version \(version) for \"\(changeID)\" changeID. "
            + "The maximum supported version is \(maximum)", rule: .versionUnsupported))
    }
  }

  func located(_ failure: TaskFailure) -> TaskFailure {
    var failure = failure
    failure.location = failure.location ?? instance?.currentLocation
    if capturesStacks, failure.stack.isEmpty { failure.stack = instance?.currentStack ?? [] }
    return failure
  }

  /// A `Version` marker of the task that runs next was read ahead.
  func load(versionMarker details: [String: Temporal_Api_Common_V1_Payloads], eventID: Int64) throws(TaskFailure) {
    let changeID = try Marker.string("change-id", in: details, of: Marker.version, eventID: eventID)
    let version =
      JSONPayload.integer(try Marker.value("version", in: details, of: Marker.version, eventID: eventID)) ?? 0
    if let known = versions[changeID], usedVersions.contains(changeID) {
      warn(
        known == -1 ? .versionMoved : .versionRepeated,
        "version marker of \"\(changeID)\" (\(version)) in event \(eventID) comes after the code was told \(known)",
        eventID: eventID)
    }
    note(version, of: changeID)
    // In a rehearsal the IDs are others, and no marker has a place among them.
    if prompter != nil { return }
    try ledger.noteVersionMarker(
      eventID: eventID, changeID: changeID,
      searchAttributeUpdated: JSONPayload.boolean(details["version-search-attribute-updated"]) ?? true)
  }
}

/// Names of the markers that the Go SDK writes, and access to their details.
enum Marker {
  static let version = "Version"
  static let sideEffect = "SideEffect"
  static let mutableSideEffect = "MutableSideEffect"
  static let localActivity = "LocalActivity"

  static func value(
    _ key: String, in details: [String: Temporal_Api_Common_V1_Payloads], of marker: String, eventID: Int64
  ) throws(TaskFailure) -> Temporal_Api_Common_V1_Payloads {
    guard let value = details[key] else {
      throw TaskFailure(
        .unreadableHistory,
        "marker name \"\(marker)\" for eventId \(eventID): key \"\(key)\": missing marker data key")
    }
    return value
  }

  static func string(
    _ key: String, in details: [String: Temporal_Api_Common_V1_Payloads], of marker: String, eventID: Int64
  ) throws(TaskFailure) -> String {
    JSONPayload.string(try value(key, in: details, of: marker, eventID: eventID)) ?? ""
  }
}
