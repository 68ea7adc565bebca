import HindcastSwift

/// Workflows of the Go SDK's replay tests, written anew in Swift: what they do is told by the names of their types, the
/// histories that the Go SDK recorded of them, and the SDK's tests (`test/replaytests`, `test/integration_test.go`).
///
/// They keep the Go workflows' order of commands, which is what a replay looks at.
enum GoPorts {
  /// All ports, by the names under which the histories know them.
  static var all: SwiftWorkflows {
    var code = SwiftWorkflows()
    for add in [
      addActivities, addTimers, addLocalActivities, addVisibility, addSideEffects, addVersions, addChildren,
      addSelectors,
      addChannels, addUpdates, addEndings,
    ] {
      code = add(code)
    }
    return code
  }

  /// The options that most of the Go workflows give their activities.
  static let usualOptions = ActivityOptions(
    scheduleToStartTimeout: .seconds(60), startToCloseTimeout: .seconds(60), heartbeatTimeout: .seconds(20))

  /// The activity that most of them call.
  static let hello = "helloworldActivity"
}

/// A duration as Go writes it into JSON: nanoseconds.
struct GoDuration: Codable {
  let duration: Duration

  init(from decoder: any Decoder) throws {
    duration = .nanoseconds(try decoder.singleValueContainer().decode(Int64.self))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    let (seconds, attoseconds) = duration.components
    try container.encode(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
