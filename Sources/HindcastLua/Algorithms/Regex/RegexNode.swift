/// What one place of a regular expression takes.
enum RegexSet: Sendable {
  case scalar(Unicode.Scalar)
  /// Any of these; none of these where negated.
  indirect case any([RegexSet], isNegated: Bool)
  case range(ClosedRange<UInt32>)
  /// A general category, by the letters of its name.
  case category(String, isNegated: Bool)
  /// Without regard to case.
  indirect case folded(RegexSet)

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .scalar(let wanted): return scalar == wanted
    case .range(let range): return range.contains(scalar.value)
    case .any(let sets, let isNegated): return sets.contains { $0.contains(scalar) } != isNegated
    case .category(let name, let isNegated): return Self.name(of: scalar).hasPrefix(name) != isNegated
    case .folded(let set): return set.contains(scalar) || Self.variants(of: scalar).contains { set.contains($0) }
    }
  }

  /// The scalars that differ from one only by case.
  private static func variants(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    if scalar.isASCII {
      switch scalar.value {
      case 0x41...0x5A: return [Unicode.Scalar(UInt8(scalar.value | 0x20))]
      case 0x61...0x7A: return [Unicode.Scalar(UInt8(scalar.value & ~0x20))]
      default: return []
      }
    }
    let properties = scalar.properties
    return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { text in
      text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
    }
  }

  private static func name(of scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    default: "Cn"
    }
  }

  /// The names that `\p` may have here: categories, and their first letters.
  static let categories: Set<String> = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co",
  ]
}

/// A regular expression as a tree.
indirect enum RegexNode {
  case empty
  case set(RegexSet)
  case assertion(RegexAssertion)
  case group(RegexNode, number: Int)
  case sequence([RegexNode])
  case alternatives([RegexNode])
  /// `max` nil: without end.
  case repeated(RegexNode, min: Int, max: Int?, isGreedy: Bool)
}

/// What must hold between two scalars.
enum RegexAssertion: Sendable {
  case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
}
