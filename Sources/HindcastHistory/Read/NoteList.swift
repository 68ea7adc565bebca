/// Puts the notes of a decoder into words.
struct NoteList {
  private let places: [SourceLocator.Place]
  private let raw: [RawNote]

  /// Walks the text once for all notes.
  init(_ raw: [RawNote], in bytes: UnsafeBufferPointer<UInt8>, isSequence: Bool) {
    self.raw = raw
    guard !raw.isEmpty else {
      places = []
      return
    }
    // A payload is noted after it was looked at, so a note about something in it may come first.
    let order = raw.indices.sorted { (raw[$0].offset, $0) < (raw[$1].offset, $1) }
    var locator = SourceLocator(bytes, isSequence: isSequence)
    let found = locator.places(of: order.map { raw[$0].offset })
    var places = [SourceLocator.Place](repeating: SourceLocator.Place(pointer: ""), count: raw.count)
    for (place, index) in zip(found, order) { places[index] = place }
    self.places = places
  }

  /// The notes at some places of the list; those that differ only in array indices become one.
  func notes(_ ranges: [Range<Int>]) -> [HistoryNote] {
    var notes: [HistoryNote] = []
    var seen: [String: Int] = [:]
    for index in ranges.lazy.joined() where raw.indices.contains(index) {
      let place = places[index]
      let kind = raw[index].kind
      let note = HistoryNote(kind: kind, eventID: place.eventID, pointer: place.pointer, value: raw[index].value)
      // The names of unknown events must be found by their event, so each stays.
      guard kind != .unknownEnumName else {
        notes.append(note)
        continue
      }
      let key = "\(kind.rawValue) \(Self.pattern(place.pointer)) \(raw[index].value ?? "")"
      if let first = seen[key] {
        notes[first].count += 1
      } else {
        seen[key] = notes.count
        notes.append(note)
      }
    }
    return notes
  }

  private static func pattern(_ pointer: String) -> String {
    pointer.split(separator: "/").map { Int($0) == nil ? $0 : "*" }.joined(separator: "/")
  }
}
