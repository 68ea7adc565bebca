#if GRPC
import Foundation
import HindcastGateway
import HindcastService
import XCTest

/// A test of a command against a service of this process, over a socket, with a folder for what the command reads and writes.
class ServedServiceTestCase: XCTestCase {
  let service = TemporalService(seed: 3, clock: .real)
  private(set) var folder = ""
  private var served: ServedService?

  override func setUp() async throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("hindcast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = url.path
  }

  override func tearDown() async throws {
    try await served?.stop()
    try await service.close()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Lets the service be reached; returns its address.
  func serve() async throws -> String {
    let served = try await ServedService(service)
    self.served = served
    return "\(served.address)"
  }
}
#endif
