import Foundation

/// Folders of the package that tests read.
enum Folders {
  static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// A suite under `Histories`.
  static func suite(_ name: String) -> String { "\(package)/Histories/\(name)" }
}
