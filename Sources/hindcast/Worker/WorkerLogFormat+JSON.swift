#if GRPC
import ArgumentParser
import Foundation
import HindcastCore
import HindcastWorker

extension WorkerLogFormat {
  /// How lines can be written.
  enum Name: String, CaseIterable, ExpressibleByArgument, Sendable {
    case text, json
  }

  /// The line in a format, without a line feed.
  static func line(_ line: WorkerLogLine, as name: Name) -> String {
    switch name {
    case .text: text(of: line)
    case .json: json(of: line)
    }
  }

  /// The line as a JSON object, its fields beside `time`, `level` and `msg`.
  static func json(of line: WorkerLogLine, at time: Date = Date()) -> String {
    let head = [("time", time.formatted(.iso8601)), ("level", line.level.rawValue), ("msg", line.message)]
    let fields = line.uniqueFields(besides: head.map(\.0)).map { ($0.name, $0.value) }
    let members = (head + fields).map { "\(JSONPayload.quoted($0.0)):\(JSONPayload.quoted($0.1))" }
    return "{\(members.joined(separator: ","))}"
  }
}
#endif
