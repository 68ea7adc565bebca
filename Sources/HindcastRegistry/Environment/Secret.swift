/// Text that must not be shown: printing, interpolating, dumping or encoding it for a log gives dots.
public struct Secret: Hashable, Sendable {
  /// What is shown instead.
  static let mask = "••••"

  /// The text itself. Pass it on to what needs it, and nowhere else.
  public let revealed: String

  /// Hides `text`.
  public init(_ text: String) { revealed = text }

  /// Whether there is no text.
  public var isEmpty: Bool { revealed.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Dots.
  public var description: String { Self.mask }
  /// Dots.
  public var debugDescription: String { Self.mask }
  /// No children, so that `dump` and the debugger give nothing away.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
