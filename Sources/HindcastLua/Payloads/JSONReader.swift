/// Where a JSON reader puts what it reads. Values arrive in the order of the text; a container's end follows its content.
protocol JSONSink {
  mutating func null()
  mutating func bool(_ value: Bool)
  mutating func int(_ value: Int64)
  mutating func double(_ value: Double)
  mutating func string(_ bytes: UnsafeBufferPointer<UInt8>)
  mutating func beginArray()
  /// The value of the array's next element has arrived; `index` counts from 1.
  mutating func element(_ index: Int)
  mutating func endArray(count: Int)
  mutating func beginObject()
  mutating func key(_ bytes: UnsafeBufferPointer<UInt8>)
  /// The value of the last key has arrived.
  mutating func field()
  mutating func endObject()
}

/// A JSON text that does not read.
struct JSONSyntaxError: Error, Hashable, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }

  static let depth = JSONSyntaxError("json: maximum nesting depth exceeded")
}

/// Reads one JSON value with the strictness of Go's `jsontext`: valid UTF-8, no duplicate names, at most 128 levels. What
/// follows the value is not looked at, as upstream's decoder does not either.
struct JSONReader {
  static let maximumDepth = 128

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var unescaped: [UInt8] = []

  private init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  static func read<Sink: JSONSink>(_ bytes: UnsafeBufferPointer<UInt8>, into sink: inout Sink) throws(JSONSyntaxError) {
    var reader = JSONReader(bytes)
    try reader.value(&sink, depth: 0)
  }

  private mutating func value<Sink: JSONSink>(_ sink: inout Sink, depth: Int) throws(JSONSyntaxError) {
    guard depth <= Self.maximumDepth else { throw .depth }
    skipSpace()
    guard position < bytes.count else { throw end() }
    switch bytes[position] {
    case UInt8(ascii: "{"): try object(&sink, depth: depth)
    case UInt8(ascii: "["): try array(&sink, depth: depth)
    case UInt8(ascii: "\""):
      try string { sink.string($0) }
    case UInt8(ascii: "t"):
      try literal("true")
      sink.bool(true)
    case UInt8(ascii: "f"):
      try literal("false")
      sink.bool(false)
    case UInt8(ascii: "n"):
      try literal("null")
      sink.null()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(&sink)
    default: throw unexpected("at start of value")
    }
  }

  private mutating func array<Sink: JSONSink>(_ sink: inout Sink, depth: Int) throws(JSONSyntaxError) {
    position += 1
    sink.beginArray()
    var count = 0
    skipSpace()
    if take(UInt8(ascii: "]")) {
      sink.endArray(count: 0)
      return
    }
    while true {
      try value(&sink, depth: depth + 1)
      count += 1
      sink.element(count)
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      if take(UInt8(ascii: "]")) {
        sink.endArray(count: count)
        return
      }
      throw unexpected("after array element (expecting ',' or ']')")
    }
  }

  private mutating func object<Sink: JSONSink>(_ sink: inout Sink, depth: Int) throws(JSONSyntaxError) {
    position += 1
    sink.beginObject()
    skipSpace()
    if take(UInt8(ascii: "}")) {
      sink.endObject()
      return
    }
    var names = NameSet()
    while true {
      skipSpace()
      guard position < bytes.count else { throw end() }
      guard bytes[position] == UInt8(ascii: "\"") else { throw unexpected("at start of string (expecting '\"')") }
      var isDuplicate = false
      try string {
        isDuplicate = !names.insert($0)
        sink.key($0)
      }
      if isDuplicate { throw JSONSyntaxError("jsontext: duplicate object member name at offset \(position)") }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw unexpected("after object name (expecting ':')") }
      try value(&sink, depth: depth + 1)
      sink.field()
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      if take(UInt8(ascii: "}")) {
        sink.endObject()
        return
      }
      throw unexpected("after object value (expecting ',' or '}')")
    }
  }

  // MARK: Scalars

  private mutating func number<Sink: JSONSink>(_ sink: inout Sink) throws(JSONSyntaxError) {
    let start = position
    let isNegative = take(UInt8(ascii: "-"))
    var magnitude: UInt64 = 0
    var overflows = false
    guard position < bytes.count, isDigit(bytes[position]) else { throw unexpected("in number (expecting digit)") }
    if take(UInt8(ascii: "0")) {
      // A leading zero stands alone.
    } else {
      while position < bytes.count, isDigit(bytes[position]) {
        let (scaled, overflow) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, overflow2) = scaled.addingReportingOverflow(UInt64(bytes[position] & 15))
        overflows = overflows || overflow || overflow2
        magnitude = sum
        position += 1
      }
    }
    var isFloat = false
    if take(UInt8(ascii: ".")) {
      isFloat = true
      try digits()
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      isFloat = true
      position += 1
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    if isFloat {
      let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
      sink.double(Double(text) ?? 0)
    } else if isNegative {
      sink.int(overflows || magnitude > UInt64(1) << 63 ? .min : Int64(truncatingIfNeeded: 0 &- magnitude))
    } else {
      sink.int(overflows || magnitude > UInt64(Int64.max) ? .max : Int64(magnitude))
    }
  }

  private mutating func digits() throws(JSONSyntaxError) {
    guard position < bytes.count, isDigit(bytes[position]) else { throw unexpected("in number (expecting digit)") }
    while position < bytes.count, isDigit(bytes[position]) { position += 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private mutating func string(_ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(JSONSyntaxError) {
    position += 1
    let start = position
    var isASCII = true
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        let content = UnsafeBufferPointer(rebasing: bytes[start..<position])
        if !isASCII { try checkUTF8(content, at: start) }
        body(content)
        position += 1
        return
      }
      if byte == UInt8(ascii: "\\") { break }
      if byte < 0x20 { throw unexpected("in string (expecting non-control character)") }
      if byte >= 0x80 { isASCII = false }
      position += 1
    }
    try escapedString(from: start)
    unescaped.withUnsafeBufferPointer(body)
  }

  private mutating func escapedString(from start: Int) throws(JSONSyntaxError) {
    unescaped.removeAll(keepingCapacity: true)
    unescaped.append(contentsOf: bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        let content = unescaped
        try content.withUnsafeBufferPointer { (bytes) throws(JSONSyntaxError) in try checkUTF8(bytes, at: start) }
        return
      case UInt8(ascii: "\\"): try escape()
      case 0..<0x20:
        position -= 1
        throw unexpected("in string (expecting non-control character)")
      default: unescaped.append(byte)
      }
    }
    throw end()
  }

  private mutating func escape() throws(JSONSyntaxError) {
    guard position < bytes.count else { throw end() }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
    case UInt8(ascii: "b"): unescaped.append(8)
    case UInt8(ascii: "f"): unescaped.append(12)
    case UInt8(ascii: "n"): unescaped.append(10)
    case UInt8(ascii: "r"): unescaped.append(13)
    case UInt8(ascii: "t"): unescaped.append(9)
    case UInt8(ascii: "u"):
      var unit = try hexUnit()
      if 0xD800..<0xDC00 ~= unit {
        guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
          bytes[position + 1] == UInt8(ascii: "u")
        else { throw surrogate() }
        position += 2
        let low = try hexUnit()
        guard 0xDC00..<0xE000 ~= low else { throw surrogate() }
        unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(unit) else { throw surrogate() }
      unescaped.append(contentsOf: String(scalar).utf8)
    default: throw JSONSyntaxError("jsontext: invalid escape sequence in string at offset \(position)")
    }
  }

  private func surrogate() -> JSONSyntaxError {
    JSONSyntaxError("jsontext: invalid surrogate pair in string at offset \(position)")
  }

  private mutating func hexUnit() throws(JSONSyntaxError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw end() }
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, bytes[position] < 0x80 else {
        throw JSONSyntaxError("jsontext: invalid escape sequence in string at offset \(position)")
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }

  private func checkUTF8(_ content: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONSyntaxError) {
    guard String(validating: content, as: UTF8.self) != nil else {
      throw JSONSyntaxError("jsontext: invalid UTF-8 within string at offset \(start)")
    }
  }

  // MARK: Bytes

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func literal(_ text: StaticString) throws(JSONSyntaxError) {
    let length = text.utf8CodeUnitCount
    guard position + length <= bytes.count else { throw end() }
    for index in 0..<length where bytes[position + index] != text.utf8Start[index] {
      position += index
      throw unexpected("in literal \(text)")
    }
    position += length
  }

  private func end() -> JSONSyntaxError { JSONSyntaxError("unexpected EOF") }

  private func unexpected(_ place: String) -> JSONSyntaxError {
    guard position < bytes.count else { return end() }
    let scalar = Unicode.Scalar(bytes[position])
    let shown = scalar.isASCII && scalar.value >= 0x20 ? "'\(scalar)'" : "'\\x\(String(scalar.value, radix: 16))'"
    return JSONSyntaxError("jsontext: invalid character \(shown) \(place) at offset \(position)")
  }

  /// The names of one object. Few names are compared one by one; many go into a set.
  private struct NameSet {
    private var few: [[UInt8]] = []
    private var many: Set<[UInt8]> = []

    mutating func insert(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
      if many.isEmpty {
        if few.contains(where: { $0.elementsEqual(name) }) { return false }
        few.append(Array(name))
        if few.count > 16 { many = Set(few) }
        return true
      }
      return many.insert(Array(name)).inserted
    }
  }
}
