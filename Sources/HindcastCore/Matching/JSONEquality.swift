import Foundation

/// Whether two JSON texts mean the same: the order of an object's keys, white space and the spelling of numbers and strings
/// aside.
///
/// Upstream writes an object's keys in the order of a Go map, so two recordings of one payload rarely have the same bytes.
/// Most texts are compared in place; the rare rest (escapes that differ) goes through a parser.
struct JSONEquality {
  private let left: UnsafeRawBufferPointer
  private let right: UnsafeRawBufferPointer

  static func areEqual(_ left: Data, _ right: Data) -> Bool {
    left.withUnsafeBytes { a in
      right.withUnsafeBytes { b in
        let comparison = JSONEquality(left: a, right: b)
        var (i, j) = (0, 0)
        switch comparison.compare(&i, &j, depth: 0) {
        case .equal: return comparison.isAtEnd(a, i) && comparison.isAtEnd(b, j)
        case .different: return false
        case .undecided: return areEqualParsed(left, right)
        }
      }
    }
  }

  private enum Outcome {
    case equal, different, undecided
  }

  private static let maximumDepth = 100

  private static func areEqualParsed(_ left: Data, _ right: Data) -> Bool {
    let values = [left, right].map {
      try? JSONSerialization.jsonObject(with: $0, options: .fragmentsAllowed) as? NSObject
    }
    guard let a = values[0], let b = values[1] else { return false }
    return a == b
  }

  private func isAtEnd(_ text: UnsafeRawBufferPointer, _ index: Int) -> Bool {
    var index = index
    skipSpace(text, &index)
    return index == text.count
  }

  private func skipSpace(_ text: UnsafeRawBufferPointer, _ index: inout Int) {
    while index < text.count, text[index] <= 0x20 { index += 1 }
  }

  /// Compares the values at the two places and moves past them where they are equal.
  private func compare(_ i: inout Int, _ j: inout Int, depth: Int) -> Outcome {
    skipSpace(left, &i)
    skipSpace(right, &j)
    guard i < left.count, j < right.count, depth < Self.maximumDepth else { return .undecided }
    switch (left[i], right[j]) {
    case (UInt8(ascii: "{"), UInt8(ascii: "{")): return compareObjects(&i, &j, depth: depth)
    case (UInt8(ascii: "["), UInt8(ascii: "[")): return compareArrays(&i, &j, depth: depth)
    case (UInt8(ascii: "\""), UInt8(ascii: "\"")): return compareStrings(&i, &j)
    case (let a, let b) where Self.opens(a) || Self.opens(b): return .different
    default: return compareWords(&i, &j)
    }
  }

  private static func opens(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "\"")
  }

  // MARK: Objects

  private struct Member {
    var key: Range<Int>
    var value: Int
  }

  private func compareObjects(_ i: inout Int, _ j: inout Int, depth: Int) -> Outcome {
    guard let a = members(left, &i, depth: depth), let b = members(right, &j, depth: depth) else { return .undecided }
    guard a.count == b.count else { return .different }
    for (index, member) in a.enumerated() {
      // The same place first: most objects are written in one order.
      let match = hasSameKey(member, b[index]) ? b[index] : b.first { hasSameKey(member, $0) }
      guard let match else { return hasEscapes(a, left) || hasEscapes(b, right) ? .undecided : .different }
      var (x, y) = (member.value, match.value)
      let outcome = compare(&x, &y, depth: depth + 1)
      if outcome != .equal { return outcome }
    }
    return .equal
  }

  private func hasSameKey(_ a: Member, _ b: Member) -> Bool {
    a.key.count == b.key.count && left[a.key].elementsEqual(right[b.key])
  }

  private func hasEscapes(_ members: [Member], _ text: UnsafeRawBufferPointer) -> Bool {
    members.contains { text[$0.key].contains(UInt8(ascii: "\\")) }
  }

  private func members(_ text: UnsafeRawBufferPointer, _ index: inout Int, depth: Int) -> [Member]? {
    var found: [Member] = []
    index += 1
    skipSpace(text, &index)
    if index < text.count, text[index] == UInt8(ascii: "}") {
      index += 1
      return found
    }
    while true {
      skipSpace(text, &index)
      guard let key = string(text, &index) else { return nil }
      skipSpace(text, &index)
      guard index < text.count, text[index] == UInt8(ascii: ":") else { return nil }
      index += 1
      found.append(Member(key: key, value: index))
      guard skipValue(text, &index, depth: depth + 1) else { return nil }
      skipSpace(text, &index)
      guard index < text.count else { return nil }
      index += 1
      if text[index - 1] == UInt8(ascii: "}") { return found }
      guard text[index - 1] == UInt8(ascii: ",") else { return nil }
    }
  }

  private func skipValue(_ text: UnsafeRawBufferPointer, _ index: inout Int, depth: Int) -> Bool {
    skipSpace(text, &index)
    guard index < text.count else { return false }
    if text[index] == UInt8(ascii: "\"") { return string(text, &index) != nil }
    guard Self.opens(text[index]) else {
      _ = word(text, &index)
      return true
    }
    var open = 0
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "\""):
        guard string(text, &index) != nil else { return false }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): open += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): open -= 1
      default: break
      }
      index += 1
      if open == 0 { return true }
    }
    return false
  }

  // MARK: Arrays

  private func compareArrays(_ i: inout Int, _ j: inout Int, depth: Int) -> Outcome {
    i += 1
    j += 1
    var isFirst = true
    while true {
      skipSpace(left, &i)
      skipSpace(right, &j)
      guard i < left.count, j < right.count else { return .undecided }
      let ends = (left[i] == UInt8(ascii: "]"), right[j] == UInt8(ascii: "]"))
      if ends.0 || ends.1 {
        guard ends.0, ends.1 else { return .different }
        i += 1
        j += 1
        return .equal
      }
      if !isFirst {
        guard left[i] == UInt8(ascii: ","), right[j] == UInt8(ascii: ",") else { return .undecided }
        i += 1
        j += 1
      }
      isFirst = false
      let outcome = compare(&i, &j, depth: depth + 1)
      if outcome != .equal { return outcome }
    }
  }

  // MARK: Strings and words

  /// The content of the string that begins here, escapes as written; nil where there is none.
  private func string(_ text: UnsafeRawBufferPointer, _ index: inout Int) -> Range<Int>? {
    guard index < text.count, text[index] == UInt8(ascii: "\"") else { return nil }
    let start = index + 1
    index = start
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "\""):
        index += 1
        return start..<index - 1
      case UInt8(ascii: "\\"): index += 2
      default: index += 1
      }
    }
    return nil
  }

  private func compareStrings(_ i: inout Int, _ j: inout Int) -> Outcome {
    guard let a = string(left, &i), let b = string(right, &j) else { return .undecided }
    if a.count == b.count, left[a].elementsEqual(right[b]) { return .equal }
    let isEscaped = left[a].contains(UInt8(ascii: "\\")) || right[b].contains(UInt8(ascii: "\\"))
    return isEscaped ? .undecided : .different
  }

  private func word(_ text: UnsafeRawBufferPointer, _ index: inout Int) -> Range<Int> {
    let start = index
    while index < text.count {
      switch text[index] {
      case 0...0x20, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"): return start..<index
      default: index += 1
      }
    }
    return start..<index
  }

  private func compareWords(_ i: inout Int, _ j: inout Int) -> Outcome {
    let (a, b) = (word(left, &i), word(right, &j))
    guard !a.isEmpty, !b.isEmpty else { return .undecided }
    if a.count == b.count, left[a].elementsEqual(right[b]) { return .equal }
    guard let x = Double(String(decoding: left[a], as: UTF8.self)),
      let y = Double(String(decoding: right[b], as: UTF8.self))
    else { return .different }
    return x == y ? .equal : .different
  }
}
