#if GRPC
import Foundation
import HindcastGateway
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Accepts connections, says at most one thing, and answers nothing.
final class SilentListener: Sendable {
  /// The frame with which an HTTP/2 server begins.
  static let emptySettings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]

  let address: ServerAddress
  private let socket: Int32
  private let accepted = Mutex<[Int32]>([])

  init(greeting: [UInt8] = []) throws {
    let port = try DevServer.freePort()
    address = ServerAddress(host: "127.0.0.1", port: port)
    #if canImport(Glibc)
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
    let socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
    #endif
    self.socket = socket
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = inet_addr("127.0.0.1")
    name.sin_port = in_port_t(port).bigEndian
    let bound = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard bound, listen(socket, 16) == 0 else { throw POSIXError(.EADDRINUSE) }
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(socket, nil, nil)
        if connection < 0 { return }
        _ = greeting.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        accepted.withLock { $0.append(connection) }
      }
    }
  }

  /// Waits until so many connections were made.
  func untilAccepted(_ count: Int) async throws {
    while accepted.withLock({ $0.count }) < count { try await Task.sleep(for: .milliseconds(5)) }
  }

  func close() {
    // Wakes the thread that waits in `accept`.
    shutdown(socket, Int32(SHUT_RDWR))
    #if canImport(Glibc)
    _ = Glibc.close(socket)
    accepted.withLock { $0.forEach { _ = Glibc.close($0) } }
    #else
    _ = Darwin.close(socket)
    accepted.withLock { $0.forEach { _ = Darwin.close($0) } }
    #endif
  }
}
#endif
