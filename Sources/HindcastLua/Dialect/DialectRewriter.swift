/// The edits that turn a source text into its translation: the source is copied, edits replace parts of it.
///
/// An edit never changes the number of line breaks: a replaced range keeps its own, after the new text.
struct DialectRewriter {
  /// What an edit puts in.
  enum Text {
    /// Some text, the name of a support function and `(`.
    case call(LuaSupport, after: String = "")
    case verbatim(String)
    /// The chunk's own arguments: `...` without the support functions.
    case chunkArguments
    /// A call that counts that the place was reached.
    case probe(Int, before: String, after: String)
  }

  fileprivate struct Edit {
    var start: Int
    var end: Int
    var rank: Rank
    var sequence: Int
    var text: Text
  }

  /// At one offset, what closes an expression comes before what opens one, and both before a replaced range.
  fileprivate enum Rank: Int {
    case closing, opening, replacement
  }

  private var edits: [Edit] = []
  /// The ranges that `erase` removed: all that is said of types.
  private(set) var erased: [Range<Int>] = []

  /// Puts `text` before the token at `offset`; of several at one offset, the last one added comes first (outermost).
  mutating func open(at offset: Int, _ text: Text) {
    add(offset, offset, .opening, text)
  }

  /// Puts `text` after the token that ends at `offset`; of several at one offset, the last one added comes last.
  mutating func close(at offset: Int, _ text: String) {
    add(offset, offset, .closing, .verbatim(text))
  }

  /// Puts a call that counts after the token that ends at `offset`.
  mutating func close(at offset: Int, probe number: Int, before: String = " ", after: String = " ") {
    add(offset, offset, .closing, .probe(number, before: before, after: after))
  }

  /// Replaces a range; edits inside it are dropped, as are those of a shorter range with the same start.
  mutating func replace(_ range: Range<Int>, _ text: Text) {
    add(range.lowerBound, range.upperBound, .replacement, text)
  }

  /// Removes a range, leaving a space or its line breaks.
  mutating func erase(_ range: Range<Int>) {
    erased.append(range)
    replace(range, .verbatim(" "))
  }

  private mutating func add(_ start: Int, _ end: Int, _ rank: Rank, _ text: Text) {
    edits.append(Edit(start: start, end: end, rank: rank, sequence: edits.count, text: text))
  }

  /// The edits that take effect, in the order of their places.
  func applied() -> Applied {
    var cursor = 0
    var applied = Applied(edits: [])
    for edit in edits.sorted(by: Self.precedes) where edit.start >= cursor {
      cursor = edit.end
      applied.edits.append(edit)
    }
    return applied
  }

  /// Edits in order, none inside another.
  struct Applied {
    fileprivate var edits: [Edit]

    /// The support functions that the edits call, in order of first use.
    var support: [LuaSupport] {
      var support: [LuaSupport] = []
      for edit in edits {
        let function: LuaSupport
        switch edit.text {
        case .call(let called, _): function = called
        case .chunkArguments: function = .select
        case .probe: function = .hit
        case .verbatim: continue
        }
        if !support.contains(function) { support.append(function) }
      }
      return support
    }

    /// Appends the edited source; `prefix` begins the names of the support functions, `supportCount` of which come
    /// before the chunk's own arguments.
    func render(_ source: [UInt8], prefix: String, supportCount: Int, into text: inout [UInt8]) {
      var cursor = 0
      for edit in edits {
        text.append(contentsOf: source[cursor..<edit.start])
        cursor = edit.end
        let inserted =
          switch edit.text {
          case .call(let function, let lead): "\(lead)\(prefix)\(function.rawValue)("
          case .verbatim(let verbatim): verbatim
          case .chunkArguments: "\(prefix)\(LuaSupport.select.rawValue)(\(supportCount + 1),...)"
          case .probe(let number, let before, let after):
            "\(before)\(prefix)\(LuaSupport.hit.rawValue)(\(number))\(after)"
          }
        // In `return-x` the word would run into the name.
        if let last = text.last, let next = inserted.utf8.first, isNamePart(last), isNamePart(next) {
          text.append(0x20)
        }
        text.append(contentsOf: inserted.utf8)
        DialectRewriter.appendLineBreaks(of: source[edit.start..<edit.end], to: &text)
        // A line feed just written and a carriage return of the source would count as one line break.
        if text.last == 0x0A, cursor < source.count, source[cursor] == 0x0D { text.append(0x20) }
      }
      text.append(contentsOf: source[cursor...])
    }

    private func isNamePart(_ byte: UInt8) -> Bool {
      DialectLexer.isNameStart(byte) || DialectLexer.isDigit(byte)
    }
  }

  private static func precedes(_ a: Edit, _ b: Edit) -> Bool {
    if a.start != b.start { return a.start < b.start }
    if a.rank != b.rank { return a.rank.rawValue < b.rank.rawValue }
    switch a.rank {
    case .closing: return a.sequence < b.sequence
    case .opening: return a.sequence > b.sequence
    case .replacement: return a.end != b.end ? a.end > b.end : a.sequence < b.sequence
    }
  }

  fileprivate static func appendLineBreaks(of range: ArraySlice<UInt8>, to body: inout [UInt8]) {
    var index = range.startIndex
    while index < range.endIndex {
      let byte = range[index]
      index += 1
      guard byte == 0x0A || byte == 0x0D else { continue }
      if index < range.endIndex, range[index] == 0x0A || range[index] == 0x0D, range[index] != byte { index += 1 }
      body.append(0x0A)
    }
  }
}
