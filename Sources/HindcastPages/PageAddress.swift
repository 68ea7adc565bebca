internal import Foundation
internal import SwiftProtobuf

/// Addresses within the site. Ids may hold anything, so they stand in the query.
enum PageAddress {
  static func runs(_ namespace: String, query: String = "", page: String = "") -> String {
    address("/", [("namespace", namespace), ("query", query), ("page", page)])
  }

  static func run(_ namespace: String, _ workflowID: String, _ runID: String) -> String {
    address("/run", [("namespace", namespace), ("workflow", workflowID), ("run", runID)])
  }

  static func download(_ namespace: String, _ workflowID: String, _ runID: String) -> String {
    address("/history.json", [("namespace", namespace), ("workflow", workflowID), ("run", runID)])
  }

  private static func address(_ path: String, _ items: [(String, String)]) -> String {
    let query = items.filter { !$0.1.isEmpty }.map { "\($0.0)=\(encoded($0.1))" }.joined(separator: "&")
    return query.isEmpty ? path : "\(path)?\(query)"
  }

  /// The fields of a query as browsers send them: a blank is a plus.
  static func fields(of query: String) -> [String: String] {
    var fields: [String: String] = [:]
    for item in query.split(separator: "&") {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let (name, value) = (decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : "")
      if !name.isEmpty { fields[name] = value }
    }
    return fields
  }

  private static func decoded(_ text: Substring) -> String {
    let text = String(text).replacing("+", with: " ")
    return text.removingPercentEncoding ?? text
  }

  private static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .urlQueryValue) ?? ""
  }
}

extension CharacterSet {
  fileprivate static let urlQueryValue = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}

extension Google_Protobuf_Timestamp {
  /// `2026-01-02T03:04:05.678Z`.
  var text: String { (try? jsonString()).map { String($0.dropFirst().dropLast()) } ?? "" }
}
