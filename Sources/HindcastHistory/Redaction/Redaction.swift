import TemporalAPI

/// Takes out of histories what is nobody's business, and keeps what replaying needs.
///
/// What is replaced: strings in payloads (or more, as ``Level`` says), memos, search attributes, headers, user metadata,
/// messages of failures, identities, reasons; stack traces, callbacks and Nexus headers go. What stays: the events, their ids
/// and times, types, task queues, signal names, workflow and activity ids, the payloads by which the SDK knows its markers, keys
/// in JSON, and payload strings that are such a name or a whole word of such an id, since they can be read beside the payload.
///
/// Equal strings get equal stand-ins of the same shape in all histories that one value redacts: see ``init(_:keeping:using:)``.
public struct Redaction: Sendable {
  /// How much of the payloads is replaced.
  public enum Level: String, Sendable, CaseIterable {
    /// Strings in JSON; numbers, durations such as `1h30m`, truth values and structure stay, so that code takes the same way
    /// unless it compares a string with a text of its own.
    case strings
    /// Strings, numbers and durations in JSON.
    case values
    /// Everything: each payload becomes null.
    case all
  }

  /// How much of the payloads is replaced.
  public let level: Level
  /// Keys in JSON, and of memos, headers and search attributes, whose values stay.
  public let keptKeys: Set<String>
  private let pseudonyms: Pseudonyms

  /// Makes a redaction with a key of its own.
  ///
  /// - Parameters:
  ///   - level: how much of the payloads is replaced.
  ///   - keptKeys: keys whose values stay; with ``Level/all`` only those of memos, headers and search attributes.
  ///   - generator: makes the key on which stand-ins depend. It is in no history, and gone with the value.
  public init(
    _ level: Level = .strings, keeping keptKeys: Set<String> = [], using generator: inout some RandomNumberGenerator
  ) {
    self.level = level
    self.keptKeys = keptKeys
    pseudonyms = Pseudonyms(SipHash(using: &generator))
  }

  /// The history with stand-ins.
  ///
  /// - Throws: an error of SwiftProtobuf for an event whose bytes do not read, which no history from a server has.
  public func redacted(_ history: WorkflowHistory) throws -> WorkflowHistory {
    let visible = try VisibleNames(of: history)
    var copy = history
    copy.events = try history.events.map { event in
      var edits = RedactionEdits(
        level: level, keptKeys: keptKeys, pseudonyms: pseudonyms, visible: visible,
        marker: event.markerRecordedEventAttributes.markerName)
      return try edits.edited(event)
    }
    return copy
  }
}
