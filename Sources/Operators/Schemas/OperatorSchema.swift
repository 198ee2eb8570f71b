package import Graphs

/// What ONNX says of one version of an operator: inputs, outputs, types and attributes.
package struct OperatorSchema: Sendable {
  /// The operator's name.
  package let name: String
  /// The opset that introduced the version.
  package let since: Int
  /// True where the operator is not to be used from this opset on.
  package let isDeprecated: Bool
  let inputs: Formals
  let outputs: Formals
  let attributes: [String: AttributeForm]

  /// The inputs or outputs of an operator.
  struct Formals: Sendable {
    /// The least number that a node lists.
    let least: Int
    let list: [Formal]

    /// What place `index` of a node is; nil where there is none.
    subscript(index: Int) -> Formal? {
      if index < list.count { return list[index] }
      guard let last = list.last, last.isVariadic else { return nil }
      return last
    }
  }

  /// One input or output.
  struct Formal: Sendable {
    let name: String
    let isOptional: Bool
    let isVariadic: Bool
    /// The type variable that it shares with others; nil where it has a set of its own.
    let variable: String?
    let types: ElementTypes
  }

  /// What an attribute may be.
  struct AttributeForm: Sendable {
    /// One letter: i, f, s, t, g, upper case for lists of them, y for others.
    let kind: Character
    let isRequired: Bool
    /// The value that the attribute has when it is not set, where ONNX states one.
    let fallback: Attribute?
  }
}

/// What a value is, as far as a file states it.
package enum ValueKind: Sendable {
  case tensor
  /// A tensor or sequence that may not be there.
  case optional
  /// A sequence, a map or the like.
  case other
}

/// A set of element types.
package struct ElementTypes: Sendable, Hashable {
  private var bits: UInt64

  /// The types of these numbers of ONNX; 0 stands for sequences, maps and the like, 63 for optional values.
  init(numbers: some Sequence<Int>) { bits = numbers.reduce(0) { $0 | 1 << UInt64($1) } }

  /// True where the set holds a type.
  package func contains(_ type: ElementType) -> Bool { bits >> UInt64(type.rawValue) & 1 == 1 }

  /// The type, where the set holds one alone.
  var only: ElementType? {
    bits.nonzeroBitCount == 1 ? ElementType(rawValue: Int32(bits.trailingZeroBitCount)) : nil
  }

  /// True where the set holds sequences of a type alone: ONNX's are of the first types, up to complex numbers.
  func isSequence(of type: ElementType) -> Bool {
    bits == 1 && type.rawValue <= ElementType.complex128.rawValue
  }

  /// True where the set holds values that are no tensors.
  var holdsOthers: Bool { bits & 1 == 1 || holdsOptional }

  /// True where the set holds optional values.
  private var holdsOptional: Bool { bits >> 63 == 1 }

  /// True where the set holds some value of a kind.
  func holds(_ kind: ValueKind) -> Bool {
    switch kind {
    case .tensor: true
    case .optional: holdsOptional
    case .other: bits & 1 == 1
    }
  }
}

extension Attribute {
  /// The letter of the attribute's kind in the table of schemas; nil for a reference to a function's attribute.
  var schemaKind: Character? {
    switch self {
    case .int: "i"
    case .float: "f"
    case .string: "s"
    case .tensor: "t"
    case .graph: "g"
    case .ints: "I"
    case .floats: "F"
    case .strings: "S"
    case .tensors: "T"
    case .graphs: "G"
    case .other: "y"
    case .reference: nil
    }
  }
}
