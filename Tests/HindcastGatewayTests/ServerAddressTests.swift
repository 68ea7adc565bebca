import HindcastGateway
import XCTest

final class ServerAddressTests: XCTestCase {
  func testReadsHostAndPort() throws {
    let cases: [(text: String, host: String, port: Int, shown: String)] = [
      ("localhost:7233", "localhost", 7233, "localhost:7233"),
      ("temporal.example.com", "temporal.example.com", 7233, "temporal.example.com:7233"),
      ("10.0.0.7:65535", "10.0.0.7", 65535, "10.0.0.7:65535"),
      ("[::1]:80", "::1", 80, "[::1]:80"),
      ("[fe80::1]", "fe80::1", 7233, "[fe80::1]:7233"),
    ]
    for (text, host, port, shown) in cases {
      let address = try ServerAddress(text)
      XCTAssertEqual(address, ServerAddress(host: host, port: port), text)
      XCTAssertEqual("\(address)", shown)
    }
  }

  func testRefusesWhatNamesNoServer() {
    let cases: [(text: String, problem: String)] = [
      ("", "there is no host"),
      (":7233", "there is no host"),
      ("localhost:", "the port is a number from 1 to 65535, after a colon"),
      ("localhost:0", "the port is a number from 1 to 65535, after a colon"),
      ("localhost:65536", "the port is a number from 1 to 65535, after a colon"),
      ("localhost:+1x", "the port is a number from 1 to 65535, after a colon"),
      ("[::1]7233", "the port is a number from 1 to 65535, after a colon"),
      ("http://localhost:7233", "write it without \"http://\""),
      ("::1", "an IPv6 address stands in brackets: \"[::1]\""),
      ("[::1", "the \"[\" is never closed"),
      ("local host:1", "the host has a blank or a slash in it"),
      ("localhost/path", "the host has a blank or a slash in it"),
    ]
    for (text, problem) in cases {
      XCTAssertThrowsError(try ServerAddress(text), text) {
        let error = $0 as? InvalidServerAddress
        XCTAssertEqual(error?.text, text)
        XCTAssertEqual(error?.problem, problem, text)
      }
    }
  }
}
