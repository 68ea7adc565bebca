/// Go's reference layouts: a layout shows how the time `Mon Jan 2 15:04:05 2006 MST` looks in it.
enum GoLayout {
  static let rfc3339 = "2006-01-02T15:04:05Z07:00"
  /// As Go's `Time.String` has it.
  static let text = "2006-01-02 15:04:05.999999999 -0700 MST"

  /// What a piece of a layout stands for.
  enum Element: Hashable, Sendable {
    case literal
    case longYear, year
    case longMonth, month, numericMonth, zeroMonth
    case longWeekday, weekday
    case day, spaceDay, zeroDay
    case spaceYearDay, zeroYearDay
    case hour24, hour12, zeroHour12
    case minute, zeroMinute
    case second, zeroSecond
    /// `.000`: that many digits.
    case fraction(digits: Int)
    /// `.999`: up to that many digits, without trailing zeros.
    case trimmedFraction(digits: Int)
    case upperPM, lowerPM
    case abbreviation
    case offset(Offset)

    var isFraction: Bool {
      switch self {
      case .fraction, .trimmedFraction: true
      default: false
      }
    }
  }

  /// How an offset from UTC is written.
  struct Offset: Hashable, Sendable {
    /// `Z` stands for UTC.
    var usesZ: Bool
    var hasColons: Bool
    var hasMinutes: Bool
    var hasSeconds: Bool

    /// Bytes it takes with its sign.
    var width: Int { 3 + (hasMinutes ? 2 : 0) + (hasSeconds ? 2 : 0) + (hasColons ? (hasSeconds ? 2 : 1) : 0) }
  }

  struct Piece {
    var element: Element
    /// The piece as the layout has it.
    var text: ArraySlice<UInt8>
  }

  /// Cuts a layout into its pieces.
  static func pieces(of layout: [UInt8]) -> [Piece] {
    var pieces: [Piece] = []
    var literalStart = 0
    var position = 0
    while position < layout.count {
      guard let (element, length) = element(at: layout[position...]) else {
        position += 1
        continue
      }
      if literalStart < position { pieces.append(Piece(element: .literal, text: layout[literalStart..<position])) }
      pieces.append(Piece(element: element, text: layout[position..<position + length]))
      position += length
      literalStart = position
    }
    if literalStart < position { pieces.append(Piece(element: .literal, text: layout[literalStart...])) }
    return pieces
  }

  private static func element(at rest: ArraySlice<UInt8>) -> (element: Element, length: Int)? {
    guard let first = rest.first else { return nil }
    if first == UInt8(ascii: ".") || first == UInt8(ascii: ",") { return fraction(at: rest) }
    guard first < 0x80, let known = known[Int(first)].first(where: { rest.starts(with: $0.text) }) else { return nil }
    if known.needsEnd, let next = rest.dropFirst(known.text.count).first,
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(next)
    {
      return nil
    }
    return known.element.map { ($0, known.text.count) }
  }

  /// A run of zeros or nines after a point or comma, where no other digit follows.
  private static func fraction(at rest: ArraySlice<UInt8>) -> (element: Element, length: Int)? {
    guard let digit = rest.dropFirst().first, digit == UInt8(ascii: "0") || digit == UInt8(ascii: "9") else {
      return nil
    }
    let digits = rest.dropFirst().prefix { $0 == digit }.count
    if let next = rest.dropFirst(1 + digits).first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) {
      return nil
    }
    return (digit == UInt8(ascii: "0") ? .fraction(digits: digits) : .trimmedFraction(digits: digits), digits + 1)
  }

  private struct Known: Sendable {
    var text: [UInt8]
    /// Nil: a literal after all.
    var element: Element?
    /// `Jan` and `Mon` stand for themselves where a lower-case letter follows.
    var needsEnd: Bool
  }

  /// The fixed pieces by their first byte, longer ones before shorter ones.
  private static let known: [[Known]] = {
    let texts: [(String, Element?)] = [
      ("2006", .longYear), ("06", .year), ("January", .longMonth), ("Jan", .month), ("1", .numericMonth),
      ("01", .zeroMonth), ("Monday", .longWeekday), ("Mon", .weekday), ("2", .day), ("_2", .spaceDay), ("02", .zeroDay),
      ("__2", .spaceYearDay), ("002", .zeroYearDay), ("15", .hour24), ("3", .hour12), ("03", .zeroHour12),
      ("4", .minute), ("04", .zeroMinute), ("5", .second), ("05", .zeroSecond), ("PM", .upperPM), ("pm", .lowerPM),
      ("MST", .abbreviation), ("_2006", nil), ("-07:00:00", offset("-:s")), ("-07:00", offset("-:m")),
      ("-070000", offset("-s")), ("-0700", offset("-m")), ("-07", offset("-")), ("Z07:00:00", offset("Z:s")),
      ("Z07:00", offset("Z:m")), ("Z070000", offset("Zs")), ("Z0700", offset("Zm")), ("Z07", offset("Z")),
    ]
    var table: [[Known]] = Array(repeating: [], count: 128)
    for (text, element) in texts.sorted(by: { $0.0.utf8.count > $1.0.utf8.count }) {
      let bytes = Array(text.utf8)
      table[Int(bytes[0])].append(
        Known(text: bytes, element: element, needsEnd: element == .month || element == .weekday))
    }
    return table
  }()

  private static func offset(_ style: String) -> Element {
    .offset(
      Offset(
        usesZ: style.contains("Z"), hasColons: style.contains(":"), hasMinutes: style.contains { "ms".contains($0) },
        hasSeconds: style.contains("s")))
  }
}
