import ArgumentParser

/// `GOOD..BAD`: between which commits the break lies.
struct CommitRange: ExpressibleByArgument {
  /// The commit at which replay passed, as the user names it.
  let good: String
  /// The commit at which it does not, as the user names it.
  let bad: String

  /// Reads `GOOD..BAD`, or `GOOD..` for up to `HEAD`.
  init?(argument: String) {
    guard let dots = argument.firstRange(of: "..") else { return nil }
    let (good, bad) = (argument[..<dots.lowerBound], argument[dots.upperBound...])
    // Three dots mean something else to git. What begins with a dash would be an option to it.
    guard !good.isEmpty, !bad.hasPrefix("."), !bad.contains(".."), !good.hasPrefix("-"), !bad.hasPrefix("-") else {
      return nil
    }
    self.good = String(good)
    self.bad = bad.isEmpty ? "HEAD" : String(bad)
  }
}
