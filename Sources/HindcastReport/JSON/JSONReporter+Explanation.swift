import HindcastCore
import HindcastHistory
import TemporalAPI

extension JSONReporter {
  /// Why code and history part, and what to do about it.
  mutating func json(_ explanation: Explanation, app: String?) -> String {
    var object = JSONObject()
    object.add("cause", explanation.cause)
    object.add("isComplete", explanation.isComplete)
    object.add("edits", array: explanation.edits.map { json($0, app: app) })
    if let fix = explanation.fix { object.add("fix", json: json(fix, app: app)) }
    if !explanation.rows.isEmpty { object.add("rows", array: explanation.rows.map { json($0, app: app) }) }
    return object.closed
  }

  private mutating func json(_ edit: CommandEdit, app: String?) -> String {
    var object = JSONObject()
    object.add("kind", edit.kind.rawValue)
    if let event = edit.event {
      object.add("eventId", event.eventID)
      object.add("event", event.summary)
    }
    object.add("command", edit.command?.summary)
    if !edit.differences.isEmpty { object.add("differences", array: edit.differences.map(Self.json)) }
    if let location = edit.location { object.add("location", json: json(location, app: app)) }
    return object.closed
  }

  private mutating func json(_ fix: Fix, app: String?) -> String {
    var object = JSONObject()
    object.add("advice", fix.advice)
    object.add("snippet", fix.snippet)
    if let location = fix.location { object.add("location", json: json(location, app: app)) }
    return object.closed
  }

  private mutating func json(_ row: AlignedRow, app: String?) -> String {
    var object = JSONObject()
    object.add("relation", row.relation.rawValue)
    if let eventID = row.eventID { object.add("eventId", eventID) }
    object.add("event", row.event)
    object.add("command", row.command)
    if let location = row.location { object.add("location", json: json(location, app: app)) }
    return object.closed
  }
}
