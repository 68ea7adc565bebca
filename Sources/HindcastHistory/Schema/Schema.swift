/// The names and numbers of the fields and enum values in TemporalAPI.
///
/// SwiftProtobuf keeps what it knows of these to itself, so they are generated a second time, as data.
struct Schema: @unchecked Sendable {
  /// The one schema there is.
  static let shared = Schema(text: GeneratedSchema.text)

  private let tables: [String: UnsafePointer<MessageTable>]
  private let empty: UnsafePointer<MessageTable>

  /// How many fields all messages have together.
  let fieldCount: Int

  /// The table of a message type, by its full name such as `temporal.api.common.v1.Payload`.
  ///
  /// A name that the schema lacks gives a table without fields.
  func table(named name: String) -> UnsafePointer<MessageTable> {
    tables[name] ?? empty
  }

  /// Reads the text that `Tools/generate-api` writes; its form is described there.
  init(text: String) {
    var messages: [(name: Substring, fields: [FieldLine])] = []
    var enums: [Substring: UnsafePointer<EnumTable>] = [:]
    var values: (name: Substring, items: [(number: Int32, name: String)])?
    for line in text.split(separator: "\n") {
      if line.first == "@" || line.first == "#" {
        if let values { enums[values.name] = EnumTable.make(name: values.name, items: values.items) }
        values = nil
        if line.first == "@" {
          messages.append((line.dropFirst(), []))
        } else {
          values = (line.dropFirst(), [])
        }
        continue
      }
      let words = line.split(separator: " ")
      guard words.count >= 2, let number = Int32(words[0]) else { continue }
      if values != nil {
        values?.items.append((number, String(words[1])))
      } else if !messages.isEmpty {
        messages[messages.count - 1].fields.append(
          FieldLine(number: number, name: words[1], target: words.count > 2 ? words[2] : ""))
      }
    }
    if let values { enums[values.name] = EnumTable.make(name: values.name, items: values.items) }

    let memory = UnsafeMutablePointer<MessageTable>.allocate(capacity: messages.count + 1)
    var pointers: [String: UnsafePointer<MessageTable>] = [:]
    for (index, message) in messages.enumerated() {
      pointers[String(message.name)] = UnsafePointer(memory + index)
    }
    var serial: Int32 = 0
    for (index, message) in messages.enumerated() {
      (memory + index).initialize(
        to: MessageTable.make(
          name: message.name, lines: message.fields, serial: &serial, messages: pointers, enums: enums))
    }
    (memory + messages.count).initialize(
      to: MessageTable.make(name: "", lines: [], serial: &serial, messages: pointers, enums: enums))
    tables = pointers
    empty = UnsafePointer(memory + messages.count)
    fieldCount = Int(serial)
  }

  struct FieldLine {
    var number: Int32
    var name: Substring
    var target: Substring
  }
}

extension MessageTable {
  private static let kinds: [Substring: Kind] = [
    "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration,
    "temporal.api.common.v1.Payload": .payload, "temporal.api.common.v1.Payloads": .payloads,
  ]

  fileprivate static func make(
    name: Substring, lines: [Schema.FieldLine], serial: inout Int32,
    messages: [String: UnsafePointer<MessageTable>], enums: [Substring: UnsafePointer<EnumTable>]
  ) -> MessageTable {
    let fields = UnsafeMutableBufferPointer<FieldTable>.allocate(capacity: lines.count)
    let places = UnsafeMutableBufferPointer<Int16>.allocate(capacity: Int(lines.last?.number ?? -1) + 1)
    places.initialize(repeating: -1)
    var names: [(name: String, value: Int32)] = []
    for (place, line) in lines.enumerated() {
      let jsonName = lowerCamelCase(line.name)
      let target = line.target.drop { $0 == "{" || $0 == "}" }
      fields.initializeElement(
        at: place,
        to: FieldTable(
          number: line.number, place: Int32(place), serial: serial, isMap: line.target.first == "{",
          jsonName: PermanentBytes.copy(of: jsonName),
          message: target.first == "@" ? messages[String(target.dropFirst())] : nil,
          values: target.first == "#" ? enums[target.dropFirst()] : nil))
      places[Int(line.number)] = Int16(place)
      names.append((jsonName, Int32(place)))
      names.append((String(line.name), Int32(place)))
      serial += 1
    }
    return MessageTable(
      kind: kinds[name] ?? .plain, name: PermanentBytes.copy(of: String(name)), index: NameIndex(names),
      fields: UnsafeBufferPointer(fields), places: UnsafeBufferPointer(places))
  }

  /// `event_id` → `eventId`.
  private static func lowerCamelCase(_ name: Substring) -> String {
    let words = name.split(separator: "_")
    return words.dropFirst().reduce(into: String(words.first ?? "")) {
      $0 += $1.prefix(1).uppercased() + $1.dropFirst()
    }
  }
}

extension EnumTable {
  /// Besides the canonical `EVENT_TYPE_TIMER_FIRED`, old exports write `TimerFired`, and hands write `TIMER_FIRED`.
  fileprivate static func make(name: Substring, items: [(number: Int32, name: String)]) -> UnsafePointer<EnumTable> {
    let prefix = sharedPrefix(items.map(\.name))
    let highest = Int(items.map(\.number).max() ?? -1)
    let byNumber = UnsafeMutableBufferPointer<UnsafeBufferPointer<UInt8>>.allocate(capacity: highest + 1)
    byNumber.initialize(repeating: UnsafeBufferPointer(start: nil, count: 0))
    var names: [(name: String, value: Int32)] = []
    for item in items where item.number >= 0 {
      if byNumber[Int(item.number)].isEmpty { byNumber[Int(item.number)] = PermanentBytes.copy(of: item.name) }
      let short = item.name.dropFirst(prefix)
      names.append((item.name, item.number))
      names.append((upperCamelCase(short), item.number))
      names.append((String(short), item.number))
    }
    let table = UnsafeMutablePointer<EnumTable>.allocate(capacity: 1)
    table.initialize(to: EnumTable(index: NameIndex(names), names: UnsafeBufferPointer(byNumber)))
    return UnsafePointer(table)
  }

  /// How many characters, whole words with their underscores, begin every name.
  private static func sharedPrefix(_ names: [String]) -> Int {
    guard let first = names.first, names.count > 1 else { return 0 }
    let shared = names.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    return shared.lastIndex(of: "_").map { shared.distance(from: shared.startIndex, to: $0) + 1 } ?? 0
  }

  /// `TIMER_FIRED` → `TimerFired`.
  private static func upperCamelCase(_ name: Substring) -> String {
    name.split(separator: "_").reduce(into: "") { $0 += $1.prefix(1) + $1.dropFirst().lowercased() }
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
