/// How many problems of one sort get a suggestion: each costs a look at every entry, and beyond so many nobody reads them.
let suggestionLimit = 50
/// How many known words are looked at for a suggestion.
private let candidateLimit = 5000

/// `did you mean 'address'?` for the known word nearest to a wrong one, when one is near enough to be meant.
func didYouMean(_ word: String, among known: some Sequence<String>) -> String? {
  nearest(to: word, among: known).map { "did you mean \(quoted($0))?" }
}

/// The known word nearest to `word`, at most `limit` edits away; the first of several equally near.
func nearest(to word: String, among known: some Sequence<String>, limit: Int = .max) -> String? {
  let wanted = canonical(word)
  // Past a third of the word the likeness is chance.
  let limit = min(limit, max(1, wanted.count / 3))
  var counts = [Int](repeating: 0, count: 256)
  for byte in wanted { counts[Int(byte)] += 1 }
  var best: (word: String, distance: Int)?
  for candidate in known.prefix(candidateLimit) {
    let other = canonical(candidate)
    if abs(other.count - wanted.count) > limit || strangers(in: other, to: counts) > limit { continue }
    let distance = editDistance(wanted, other, limit: limit)
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.word
}

/// Case and the choice of separator are forgiven.
private func canonical(_ word: String) -> [UInt8] {
  word.utf8.prefix(200).compactMap { byte in
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: " "): nil
    default: byte
    }
  }
}

/// How many bytes of a word are none of another's; no fewer edits lead from one to the other. This is what most
/// candidates fail, at little cost.
private func strangers(in word: [UInt8], to counts: [Int]) -> Int {
  var left = counts
  return word.reduce(into: 0) { strangers, byte in
    left[Int(byte)] -= 1
    if left[Int(byte)] < 0 { strangers += 1 }
  }
}

/// The least number of insertions, deletions, replacements and swaps of neighbours between two words; anything above
/// `limit` once it is sure to be more.
private func editDistance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int {
  if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for row in 1...left.count {
    var current = [row]
    for column in 1...right.count {
      let isSame = left[row - 1] == right[column - 1]
      var cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
      if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
        cost = min(cost, beforeLast[column - 2] + 1)
      }
      current.append(cost)
    }
    // Later rows only add to a row's least cost; a swap may skip one row, not two.
    if min(current.min() ?? 0, last.min() ?? 0) > limit { return limit + 1 }
    beforeLast = last
    last = current
  }
  return last[right.count]
}

/// A name or value in an error message.
func quoted(_ text: String) -> String { "'\(text)'" }
