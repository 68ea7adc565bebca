/// What a browser gets for an address.
public struct Page: Sendable {
  /// The HTTP status.
  public var status: Int
  /// The media type.
  public var contentType: String
  /// The content.
  public var body: [UInt8]
  /// The name under which the content is to be saved; `nil` for what is shown.
  public var fileName: String?

  static func html(_ text: String, status: Int = 200) -> Page {
    Page(status: status, contentType: "text/html; charset=utf-8", body: Array(text.utf8))
  }
}
