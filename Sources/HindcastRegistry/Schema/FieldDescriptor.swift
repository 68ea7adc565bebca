/// What a field of an entry is for: one row of an entry kind's reference table.
///
/// The rows come from the tables that read the fields, so they cannot differ from what is read.
public struct FieldDescriptor: Hashable, Sendable {
  /// The name as it is written.
  public var name: String
  /// What the value has to be, in words: `string`, `duration`, `pinned | auto_upgrade`.
  public var type: String
  /// The value when the field is absent, as it would be written; `nil` where there is none.
  public var defaultValue: String?
  /// What the field does, in one sentence.
  public var summary: String
  /// Whether the value is a secret, which no message shows.
  public var isSecret: Bool
  /// The fields of an object.
  public var fields: [FieldDescriptor]

  init(
    name: String, type: String, defaultValue: String? = nil, summary: String, isSecret: Bool = false,
    fields: [FieldDescriptor] = []
  ) {
    self.name = name
    self.type = type
    self.defaultValue = defaultValue
    self.summary = summary
    self.isSecret = isSecret
    self.fields = fields
  }
}
