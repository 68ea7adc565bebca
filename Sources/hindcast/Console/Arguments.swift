import ArgumentParser
import HindcastRegistry
import HindcastReplay

/// A span of time as users write it: `90s`, `1m30s`, `250ms`.
struct DurationArgument: ExpressibleByArgument {
  let nanoseconds: Int64

  init?(argument: String) {
    guard let duration = try? GoDuration(parsing: argument), duration.nanoseconds >= 0 else { return nil }
    nanoseconds = duration.nanoseconds
  }
}

/// A number of bytes as users write it: `268435456`, `256MiB`, `1GB`.
struct SizeArgument: ExpressibleByArgument {
  let bytes: Int

  private static let units = [
    "": 1, "B": 1, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30,
    "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30,
  ]

  init?(argument: String) {
    let digits = argument.prefix(while: \.isNumber)
    guard let number = Int(digits), number > 0,
      let unit = Self.units[argument.dropFirst(digits.count).uppercased()]
    else { return nil }
    let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: unit)
    if isTooLarge { return nil }
    self.bytes = bytes
  }
}

/// `I/N`.
struct ShardArgument: ExpressibleByArgument {
  let shard: Shard

  init?(argument: String) {
    guard let shard = Shard(parsing: argument) else { return nil }
    self.shard = shard
  }
}

/// A number of things of which there must be one.
struct PositiveArgument: ExpressibleByArgument {
  let value: Int

  init?(argument: String) {
    guard let value = Int(argument), value > 0 else { return nil }
    self.value = value
  }
}

/// A share of something: above 0, up to 1.
struct ShareArgument: ExpressibleByArgument {
  let value: Double

  init?(argument: String) {
    guard let value = Double(argument), value > 0, value <= 1 else { return nil }
    self.value = value
  }
}
