/// Values as Go prints them, for texts that are the Go SDK's.
enum GoFormat {
  /// A duration such as `1s`, `1.5s` or `200ms`.
  static func duration(_ nanoseconds: Int64) -> String {
    let units: [(size: Int64, name: String)] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1000, "µs")]
    guard let unit = units.first(where: { nanoseconds >= $0.size }) else { return "\(nanoseconds)ns" }
    let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: unit.size)
    guard rest > 0 else { return "\(whole)\(unit.name)" }
    var digits = String(rest + unit.size).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits)\(unit.name)"
  }
}

extension Duration {
  /// The whole duration in nanoseconds; saturates.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, isTooLarge) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return isTooLarge ? .max : sum
  }
}
