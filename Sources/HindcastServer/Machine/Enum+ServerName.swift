internal import SwiftProtobuf

extension SwiftProtobuf.Enum {
  /// `StartToClose`: how the Go server writes the value, in messages and in search attributes.
  var serverName: String {
    let name = "\(self)"
    return name.prefix(1).uppercased() + name.dropFirst()
  }
}
