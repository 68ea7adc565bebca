import Foundation
import HindcastServer
import HindcastService

/// Rebuilds runs from their histories and keeps what differs from the live ones.
actor Rebuilds {
  private var checked = 0
  private var differences: [String] = []

  /// Rebuilds the runs that the service has now.
  func check(_ service: TemporalService, onlyRunning: Bool) async {
    let check = await service.rebuildRuns(onlyRunning: onlyRunning)
    checked += check.runs
    differences += check.differences
  }

  /// Checks all runs, and tells of all checks so far: a line with the number of rebuilt runs, then the differences.
  func report(of service: TemporalService) async -> Data {
    await check(service, onlyRunning: false)
    return Data(([String(checked)] + differences).joined(separator: "\n").utf8)
  }
}
