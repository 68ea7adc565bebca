/// The names that a redacted history shows anyway: types, queues, signals, and the ids that replaying compares.
///
/// A payload that holds one of them tells nothing that is not beside it, and code that makes an id or picks an activity from
/// a payload makes the same one again only if the payload keeps it.
struct VisibleNames {
  private var names: Set<String> = []
  private var ids: Set<String> = []

  init(of history: WorkflowHistory) throws {
    var collection = Collection()
    for event in history.events { _ = try collection.edited(event) }
    names = collection.names
    ids = collection.ids
    if let id = history.workflowID { ids.insert(id) }
  }

  /// Whether the text is such a name, or a whole word of an id.
  func shows(_ text: String) -> Bool {
    if names.contains(text) || ids.contains(text) || isAddress(text) { return true }
    // Numbers from one to nine are words of most ids, and mean nothing there.
    guard text.utf8.count > 1 else { return false }
    return ids.contains { Self.hasWord(text, in: $0) }
  }

  /// Whether the text is the address of a run by which Wippy's processes know each other, `{app:client@app:worker|order-17}`: two
  /// names of entries and a visible id.
  private func isAddress(_ text: String) -> Bool {
    guard text.first == "{", text.last == "}", let bar = text.lastIndex(of: "|"),
      ids.contains(String(text[text.index(after: bar)...].dropLast()))
    else { return false }
    let entries = text[..<bar].dropFirst().split(separator: "@", omittingEmptySubsequences: false)
    return entries.count == 2
      && entries.allSatisfy { $0.utf8.allSatisfy { Self.isPart($0) || ":._-".utf8.contains($0) } }
  }

  private static func hasWord(_ word: String, in id: String) -> Bool {
    let (word, id) = (Array(word.utf8), Array(id.utf8))
    guard word.count < id.count else { return false }
    for start in 0...id.count - word.count where id[start..<start + word.count].elementsEqual(word) {
      let end = start + word.count
      let beginsWord = start == 0 || !isPart(id[start - 1])
      if beginsWord, end == id.count || !isPart(id[end]) { return true }
    }
    return false
  }

  private static func isPart(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private struct Collection: MessageEdits {
    var names: Set<String> = []
    var ids: Set<String> = []

    private static let nameFields: Set<String> = [
      "signalName", "namespace", "markerName", "runId", "newExecutionRunId",
    ]
    private static let idFields: Set<String> = ["workflowId", "activityId", "timerId", "updateId"]
    private static let namedMessages: Set<String> = [
      "temporal.api.common.v1.ActivityType", "temporal.api.common.v1.WorkflowType",
      "temporal.api.taskqueue.v1.TaskQueue", "temporal.api.update.v1.Input",
    ]

    var keepsUnknownFields: Bool { true }
    var editsTexts: Bool { true }

    func payload(_ payload: Payload, at place: FieldPlace) -> Payload { payload }

    mutating func text(_ text: String, at place: FieldPlace) -> TextEdit {
      if Self.idFields.contains(place.field) {
        ids.insert(text)
      } else if Self.nameFields.contains(place.field)
        || (place.field == "name" && Self.namedMessages.contains(place.message))
      {
        names.insert(text)
      }
      return .keep
    }
  }
}
