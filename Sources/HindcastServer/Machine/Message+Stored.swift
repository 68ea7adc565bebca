internal import Foundation
internal import SwiftProtobuf

extension Message {
  /// Reads a message that a server stored.
  ///
  /// What is stored holds requests within records and events: it may be nested deeper than a request can be.
  init(stored bytes: Data) throws {
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = 300
    try self.init(serializedBytes: bytes, options: options)
  }
}
