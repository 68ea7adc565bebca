import XCTest

@testable import HindcastLua

final class UUIDModuleTests: XCTestCase {
  private let namespace = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"

  func testNames() throws {
    try assertLua([
      ("uuid.v3('\(namespace)', 'python.org')", "6fa459ea-ee8a-3ca4-894e-db77e160355e nil"),
      ("uuid.v5('\(namespace)', 'python.org')", "886313e1-3b8a-5372-9b90-0c9aee199e5d nil"),
      ("uuid.v3('x', 'y')", "nil Invalid: invalid namespace UUID"),
      ("uuid.v5('\(namespace)')", "nil Invalid: namespace and name must be strings"),
      ("uuid.v5('\(namespace)', 5)", "nil Invalid: namespace and name must be strings"),
    ])
  }

  func testForms() throws {
    let plain = namespace.replacing("-", with: "")
    try assertLua([
      ("uuid.validate('\(namespace)'), uuid.validate('\(plain)')", "true true nil"),
      ("uuid.validate('urn:uuid:\(namespace)'), uuid.validate('URN:UUID:\(namespace)')", "true true nil"),
      ("uuid.validate('{\(namespace)}'), uuid.validate('x\(namespace)x')", "true true nil"),
      ("uuid.validate('urn:uuix:\(namespace)'), uuid.validate('\(namespace)0')", "false false nil"),
      ("uuid.validate('6ba7b810-9dad-11d1-80b400c04fd430c8-'), uuid.validate('')", "false false nil"),
      ("uuid.validate('6ba7b810-9dad-11d1-80b4-00c04fd430cg'), uuid.validate(5)", "false false nil"),
      ("uuid.validate(('-'):rep(36)), uuid.validate(('\\255'):rep(32))", "false false nil"),
      ("uuid.format('\(plain.uppercased())')", "\(namespace) nil"),
      ("uuid.format('{\(namespace)}', 'standard')", "\(namespace) nil"),
      ("uuid.format('\(namespace)', 'simple')", "\(plain) nil"),
      ("uuid.format('\(namespace)', 'urn')", "urn:uuid:\(namespace) nil"),
      ("uuid.format('\(namespace)', 5)", "\(namespace) nil"),
      ("uuid.format('\(namespace)', 'x')", "nil Invalid: unsupported format"),
      ("uuid.format(5)", "nil Invalid: input must be a string"),
      ("uuid.format('x')", "nil Invalid: invalid UUID format"),
    ])
  }

  func testParts() throws {
    try assertLua([
      ("uuid.version('\(namespace)'), math.type(uuid.version('\(namespace)'))", "1 float"),
      ("uuid.version('886313e1-3b8a-5372-9b90-0c9aee199e5d')", "5 nil"),
      ("uuid.variant('\(namespace)')", "RFC4122 nil"),
      ("uuid.variant('00000000-0000-0000-0000-000000000000')", "Reserved nil"),
      ("uuid.variant('00000000-0000-0000-c000-000000000000')", "Microsoft nil"),
      ("uuid.variant('00000000-0000-0000-e000-000000000000')", "Future nil"),
      ("uuid.variant('x')", "nil Invalid: invalid UUID format"),
      ("uuid.version({})", "nil Invalid: input must be a string"),
      (
        "(function() local p = uuid.parse('\(namespace)') return p.version, p.variant, p.timestamp, #p.node end)()",
        "1 RFC4122 886630433 6"
      ),
      (
        "(function() local p = uuid.parse('018f3355-6a00-7000-8000-000000000000') "
          + "return p.version, p.timestamp, p.node end)()",
        "7 1714553186 nil"
      ),
      ("uuid.parse('886313e1-3b8a-5372-9b90-0c9aee199e5d').timestamp", "nil"),
      ("uuid.parse('x')", "nil Invalid: invalid UUID format"),
    ])
  }
}
