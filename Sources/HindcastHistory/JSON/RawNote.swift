/// A `HistoryNote` whose place is still an offset.
struct RawNote {
  var kind: HistoryNote.Kind
  /// The offset of the value that the note is about.
  var offset: Int
  var value: String?
}
