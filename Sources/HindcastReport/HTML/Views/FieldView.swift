import Mustache

/// A view that names its fields itself. Of some there are thousands on a page, and looking fields up by reflection costs more than
/// all else.
protocol FieldView: MustacheParent {
  /// The fields by name: all that the view has.
  static var fields: [String: @Sendable (Self) -> Any] { get }
}

extension FieldView {
  /// The value of a field.
  package func child(named name: String) -> Any? { Self.fields[name]?(self) }
}

extension EventView: FieldView {
  static let fields: [String: @Sendable (EventView) -> Any] = [
    "id": { $0.id }, "anchor": { $0.anchor }, "time": { $0.time }, "summary": { $0.summary },
    "details": { $0.details }, "json": { $0.json }, "hasJSON": { $0.hasJSON }, "isCommand": { $0.isCommand },
    "isFailure": { $0.isFailure }, "isDivergence": { $0.isDivergence }, "remarks": { $0.remarks },
  ]
}

extension EventView.Detail: FieldView {
  static let fields: [String: @Sendable (EventView.Detail) -> Any] = ["label": { $0.label }, "value": { $0.value }]
}

extension SpanView: FieldView {
  static let fields: [String: @Sendable (SpanView) -> Any] = [
    "label": { $0.label }, "kind": { $0.kind }, "state": { $0.state }, "left": { $0.left }, "width": { $0.width },
    "spanText": { $0.spanText }, "spanAnchor": { $0.spanAnchor },
  ]
}

extension SideView: FieldView {
  static let fields: [String: @Sendable (SideView) -> Any] = [
    "relation": { $0.relation }, "sign": { $0.sign }, "signWords": { $0.signWords }, "sideEvent": { $0.sideEvent },
    "inHistory": { $0.inHistory }, "inCode": { $0.inCode }, "sidePlace": { $0.sidePlace },
  ]
}

extension FindingView.Line: FieldView {
  static let fields: [String: @Sendable (FindingView.Line) -> Any] = [
    "number": { $0.number }, "text": { $0.text }, "isIt": { $0.isIt },
  ]
}
