import CYAML

/// A scalar as libyaml tells it; everything is copied out, because libyaml frees its event.
struct YAMLScalar {
  let text: String
  let tag: String?
  let isPlain: Bool
  let isLiteralBlock: Bool
  let isFoldedBlock: Bool
  let hasProperties: Bool
  let spansLines: Bool
}

/// One event of libyaml's parser.
struct YAMLEvent {
  enum Kind {
    case scalar(YAMLScalar)
    case sequenceStart(tag: String?)
    case sequenceEnd
    case mappingStart(tag: String?)
    case mappingEnd
    case alias(String)
    case documentStart
    case documentEnd
    case streamStart
    case streamEnd
  }

  let kind: Kind
  let anchor: String?
  /// The line and column of its start, counted from 0.
  let line: Int
  let column: Int
}

/// A libyaml parser over bytes in memory.
///
/// libyaml keeps pointers into its parser and its input, so both are allocated and stay where they are.
final class YAMLEvents {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let isReady: Bool

  init(_ bytes: [UInt8]) {
    input = .allocate(capacity: bytes.count)
    _ = input.initialize(from: bytes)
    parser = .allocate(capacity: 1)
    isReady = yaml_parser_initialize(parser) == 1
    if isReady { yaml_parser_set_input_string(parser, input.baseAddress, input.count) }
  }

  deinit {
    if isReady { yaml_parser_delete(parser) }
    parser.deallocate()
    input.deallocate()
  }

  /// What libyaml found wrong, and where: line and column counted from 0.
  struct Failure: Error {
    let message: String
    let place: (line: Int, column: Int)
  }

  /// The next event; after the end of the stream, ends of stream for ever.
  func next() throws(Failure) -> YAMLEvent {
    guard isReady else { throw Failure(message: "out of memory", place: (0, 0)) }
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { yaml_event_delete(&event) }
    return Self.copy(event)
  }

  private func failure() -> Failure {
    let state = parser.pointee
    var message = state.problem.map { String(cString: $0) } ?? "out of memory"
    if let context = state.context { message += " \(String(cString: context))" }
    // The reader knows a byte offset only.
    if state.error == YAML_READER_ERROR { return Failure(message: message, place: place(ofByte: state.problem_offset)) }
    let end = place(ofByte: input.count)
    let mark = (line: state.problem_mark.line, column: state.problem_mark.column)
    // What is missing at the end of the file is missed on a line after the last.
    let place = mark > end ? end : mark
    if state.context != nil, state.context_mark.line < place.line {
      message += " that starts at line \(state.context_mark.line + 1)"
    }
    return Failure(message: message, place: place)
  }

  /// The line and column of a byte, counted from 0.
  private func place(ofByte offset: Int) -> (line: Int, column: Int) {
    let before = input.prefix(offset)
    let lineStart = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count
    return (before.reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }, column)
  }

  private static func copy(_ event: yaml_event_t) -> YAMLEvent {
    var anchor: UnsafeMutablePointer<yaml_char_t>?
    let kind: YAMLEvent.Kind
    switch event.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      anchor = scalar.anchor
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      kind = .scalar(
        YAMLScalar(
          text: String(decoding: bytes, as: UTF8.self), tag: text(scalar.tag),
          isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, isLiteralBlock: scalar.style == YAML_LITERAL_SCALAR_STYLE,
          isFoldedBlock: scalar.style == YAML_FOLDED_SCALAR_STYLE,
          hasProperties: scalar.anchor != nil || scalar.tag != nil,
          spansLines: event.end_mark.line > event.start_mark.line))
    case YAML_SEQUENCE_START_EVENT:
      anchor = event.data.sequence_start.anchor
      kind = .sequenceStart(tag: text(event.data.sequence_start.tag))
    case YAML_MAPPING_START_EVENT:
      anchor = event.data.mapping_start.anchor
      kind = .mappingStart(tag: text(event.data.mapping_start.tag))
    case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
    case YAML_MAPPING_END_EVENT: kind = .mappingEnd
    case YAML_ALIAS_EVENT: kind = .alias(text(event.data.alias.anchor) ?? "")
    case YAML_DOCUMENT_START_EVENT: kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
    case YAML_STREAM_START_EVENT: kind = .streamStart
    default: kind = .streamEnd
    }
    return YAMLEvent(
      kind: kind, anchor: text(anchor), line: event.start_mark.line, column: event.start_mark.column)
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }
}
