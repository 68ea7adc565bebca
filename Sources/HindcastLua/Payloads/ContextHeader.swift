import Foundation
import TemporalAPI

/// The headers that carry context from workflow to workflow (spec/wippy.md 6).
struct ContextHeader {
  static let valuesKey = "wippy-context"
  static let securityKey = "wippy-security"
  /// The sender of a signal, among the values of its header.
  static let signalFromKey = "temporal.signal.from"

  /// The values, readable through `ctx`.
  var values: [String: GoValue] = [:]
  /// The security context as it came; nil where there was none.
  var security: EncodedPayload?

  init() {}

  /// Takes what a header carries; what does not read is left out, as upstream does.
  init(_ header: Temporal_Api_Common_V1_Header?) {
    guard let header else { return }
    values = Self.values(of: header)
    security = header.fields[Self.securityKey]
  }

  static func values(of header: Temporal_Api_Common_V1_Header) -> [String: GoValue] {
    guard let payload = header.fields[valuesKey] else { return [:] }
    do throws(JSONSyntaxError) {
      if case .object(let fields) = try GoValue(json: payload.data) { return fields }
      return [:]
    } catch {
      return [:]
    }
  }

  /// The header for a command: the values with others laid over them, and the security context; nil when both are empty.
  func encoded(adding extra: [String: GoValue] = [:], replacing replacement: [String: GoValue]? = nil)
    -> Temporal_Api_Common_V1_Header?
  {
    var carried = (replacement ?? values).filter { $0.value != .null }
    carried.merge(extra) { $1 }
    guard !carried.isEmpty || security != nil else { return nil }
    var header = Temporal_Api_Common_V1_Header()
    if !carried.isEmpty { header.fields[Self.valuesKey] = PayloadEncoding.json(.object(carried)) }
    if let security { header.fields[Self.securityKey] = security }
    return header
  }
}
