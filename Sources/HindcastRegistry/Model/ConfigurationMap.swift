/// The fields of a mapping, in the order they were written; every name occurs once.
public struct ConfigurationMap: Sendable {
  /// One field.
  public struct Field: Sendable {
    /// The name, as text whatever scalar was written.
    public var name: String
    /// Where the name starts.
    public var position: SourcePosition
    /// The value.
    public var value: ConfigurationValue

    /// Makes a field.
    public init(name: String, position: SourcePosition, value: ConfigurationValue) {
      self.name = name
      self.position = position
      self.value = value
    }
  }

  /// The fields in order.
  public private(set) var fields: [Field]
  /// Where a name stands in `fields`.
  private var indices: [String: Int]

  /// Makes a map; of two fields of one name the first counts.
  public init(_ fields: [Field] = []) {
    self.fields = []
    self.indices = [:]
    self.fields.reserveCapacity(fields.count)
    for field in fields { insert(field) }
  }

  /// The value of the field of this name.
  public subscript(_ name: String) -> ConfigurationValue? { indices[name].map { fields[$0].value } }

  /// The field of this name.
  public func field(_ name: String) -> Field? { indices[name].map { fields[$0] } }

  /// Whether there is no field.
  public var isEmpty: Bool { fields.isEmpty }
  /// The number of fields.
  public var count: Int { fields.count }
  /// The names in order.
  public var names: [String] { fields.map(\.name) }

  /// Adds a field at the end unless one of its name is there; says whether it did.
  @discardableResult
  public mutating func insert(_ field: Field) -> Bool {
    guard indices[field.name] == nil else { return false }
    indices[field.name] = fields.count
    fields.append(field)
    return true
  }

  /// This map with every value replaced.
  func mapValues<Failure: Error>(
    _ transform: (Field) throws(Failure) -> ConfigurationValue
  ) throws(Failure) -> ConfigurationMap {
    var copy = self
    for index in copy.fields.indices { copy.fields[index].value = try transform(copy.fields[index]) }
    return copy
  }

  /// This map without the fields of these names.
  func removing(_ names: Set<String>) -> ConfigurationMap {
    ConfigurationMap(fields.filter { !names.contains($0.name) })
  }
}

extension ConfigurationMap: Hashable {
  /// Compares names and values, whatever their order and place.
  public static func == (left: ConfigurationMap, right: ConfigurationMap) -> Bool {
    left.count == right.count && left.fields.allSatisfy { right[$0.name] == $0.value }
  }

  /// Hashes the number of fields alone, since their order does not count.
  public func hash(into hasher: inout Hasher) { hasher.combine(fields.count) }
}

extension ConfigurationMap: CustomStringConvertible, CustomReflectable {
  /// The map in YAML's flow style, secrets shown as dots.
  public var description: String {
    "{" + fields.map { "\($0.name): \($0.value)" }.joined(separator: ", ") + "}"
  }

  /// Shows what ``description`` shows.
  public var customMirror: Mirror { Mirror(self, children: ["fields": description]) }
}
