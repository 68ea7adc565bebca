#if GRPC
internal import Foundation
private import HindcastHistory
private import SwiftProtobuf

/// Protobuf files by what they define.
struct DescriptorIndex: Sendable {
  /// A file and what it imports, by place in ``files``.
  private struct File {
    let encoded: Data
    let imports: [Int]
  }

  private struct Extension: Hashable {
    let type: String
    let number: Int32
  }

  private var files: [File] = []
  private var byName: [String: Int] = [:]
  private var bySymbol: [String: Int] = [:]
  private var byExtension: [Extension: Int] = [:]
  private var messages: Set<String> = []

  /// Those of Temporal's API and of what a front answers itself.
  static let temporal = Result { try DescriptorIndex(gzip: GeneratedDescriptors.text) }

  /// - Parameter gzip: a `google.protobuf.FileDescriptorSet`, as gzip in base 64.
  /// - Throws: Where it is not.
  private init(gzip: String) throws {
    let compressed = Array(Data(base64Encoded: gzip, options: .ignoreUnknownCharacters) ?? Data())
    try self.init(Google_Protobuf_FileDescriptorSet(serializedBytes: Gzip.decompress(compressed, limit: 1 << 24)))
  }

  private init(_ set: Google_Protobuf_FileDescriptorSet) throws {
    for (place, file) in set.file.enumerated() { byName[file.name] = place }
    for (place, file) in set.file.enumerated() {
      files.append(File(encoded: try file.serializedBytes(), imports: file.dependency.compactMap { byName[$0] }))
      add(file, at: place)
    }
  }

  private mutating func add(_ file: Google_Protobuf_FileDescriptorProto, at place: Int) {
    for message in file.messageType { add(message, in: file.package, at: place) }
    for item in file.enumType { add(item, in: file.package, at: place) }
    for item in file.extension { add(item, in: file.package, at: place) }
    for service in file.service {
      let name = "\(file.package).\(service.name)"
      bySymbol[name] = place
      for method in service.method { bySymbol["\(name).\(method.name)"] = place }
    }
  }

  private mutating func add(_ message: Google_Protobuf_DescriptorProto, in scope: String, at place: Int) {
    let name = "\(scope).\(message.name)"
    bySymbol[name] = place
    messages.insert(name)
    for field in message.field { bySymbol["\(name).\(field.name)"] = place }
    for choice in message.oneofDecl { bySymbol["\(name).\(choice.name)"] = place }
    for nested in message.nestedType { add(nested, in: name, at: place) }
    for nested in message.enumType { add(nested, in: name, at: place) }
    for nested in message.extension { add(nested, in: name, at: place) }
  }

  private mutating func add(_ item: Google_Protobuf_EnumDescriptorProto, in scope: String, at place: Int) {
    bySymbol["\(scope).\(item.name)"] = place
    // Values are named beside their enum, not within it.
    for value in item.value { bySymbol["\(scope).\(value.name)"] = place }
  }

  private mutating func add(_ item: Google_Protobuf_FieldDescriptorProto, in scope: String, at place: Int) {
    bySymbol["\(scope).\(item.name)"] = place
    byExtension[Extension(type: String(item.extendee.drop { $0 == "." }), number: item.number)] = place
  }

  // MARK: Looking up

  /// The place of the file with a name.
  func file(named name: String) -> Int? { byName[name] }

  /// The place of the file that defines a service, method, message, field, enum or value, with its package.
  func file(defining symbol: String) -> Int? { bySymbol[symbol] }

  /// The place of the file that extends a message by a field.
  func file(extending type: String, by number: Int32) -> Int? { byExtension[Extension(type: type, number: number)] }

  /// The numbers of the fields that extend a message, in order; `nil` when there is no such message.
  func extensions(of type: String) -> [Int32]? {
    messages.contains(type) ? byExtension.keys.filter { $0.type == type }.map(\.number).sorted() : nil
  }

  /// A file, encoded, and behind it those that it imports, directly or not, but for those that were sent, which it adds to.
  ///
  /// The file itself is always among them.
  func file(_ place: Int, sent: inout Set<Int>) -> [Data] {
    sent.insert(place)
    var found = [place]
    var next = 0
    while next < found.count {
      for imported in files[found[next]].imports where sent.insert(imported).inserted { found.append(imported) }
      next += 1
    }
    return found.map { files[$0].encoded }
  }
}
#endif
