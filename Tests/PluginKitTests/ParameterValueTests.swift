import FoundationEssentials
import PluginKit
import Testing

/// Values of hyper-parameters: what they are read from, and what a parameter's type takes of them.
struct ParameterValueTests {
  private func read(_ text: String) throws -> ParameterValue {
    try JSONDecoder().decode(ParameterValue.self, from: Data(text.utf8))
  }

  @Test(
    arguments: [
      ("true", .bool(true)), ("1", .int(1)), ("-9223372036854775808", .int(.min)),
      ("1.5", .double(1.5)), ("1e300", .double(1e300)), ("\"1\"", .string("1")),
      ("\"true\"", .string("true")), ("[1, 2]", .ints([1, 2])), ("[1, 2.5]", .doubles([1, 2.5])),
      ("[\"a\", \"b\"]", .strings(["a", "b"])),
    ] as [(String, ParameterValue)]
  )
  func `the narrowest type that holds a value is taken`(text: String, value: ParameterValue) throws
  {
    #expect(try read(text) == value)
  }

  @Test(arguments: ["null", "{}", "[[1]]", "[1, \"a\"]", "[null]", "[true]"])
  func `what is no scalar and no list of one kind is refused`(text: String) {
    #expect(throws: DecodingError.self) { try read(text) }
  }

  @Test(arguments: [
    ParameterValue.bool(false), .int(-3), .double(0.1), .string("a \"b\""), .ints([3, 1]),
    .doubles([0.25, -1.5]), .strings(["", "x,y"]),
  ])
  func `a value is written bare and read back`(value: ParameterValue) throws {
    let data = try JSONEncoder().encode(value)
    #expect(try JSONDecoder().decode(ParameterValue.self, from: data) == value)
  }

  @Test(
    arguments: [
      (.bool(true), "true"), (.int(-1), "-1"), (.double(0.5), "0.5"), (.string("a b"), "a b"),
      (.ints([1, -2]), "1,-2"), (.doubles([0.5, 2]), "0.5,2.0"), (.strings(["a", "b"]), "a,b"),
      (.strings([]), ""),
    ] as [(ParameterValue, String)]
  )
  func `a value is said as on a command line`(value: ParameterValue, text: String) {
    #expect("\(value)" == text)
  }

  /// Each value, and which of bool, int, double, text, whole numbers, fractions and texts takes it.
  static let takers: [(ParameterValue, [Bool])] = [
    (.bool(true), [true, false, false, false, false, false, false]),
    (.int(3), [false, true, true, false, false, false, false]),
    (.double(3), [false, false, true, false, false, false, false]),
    (.string("3"), [false, false, false, true, false, false, false]),
    (.ints([3]), [false, false, false, false, true, true, false]),
    (.doubles([3]), [false, false, false, false, false, true, false]),
    (.strings(["3"]), [false, false, false, false, false, false, true]),
  ]

  @Test(arguments: takers)
  func `whole numbers are fractions, and nothing else is what it was not declared as`(
    value: ParameterValue,
    takes: [Bool]
  ) {
    let found = [
      Bool.value(from: value) != nil, Int.value(from: value) != nil,
      Double.value(from: value) != nil, String.value(from: value) != nil,
      [Int].value(from: value) != nil, [Double].value(from: value) != nil,
      [String].value(from: value) != nil,
    ]
    #expect(found == takes)
  }

  @Test func `an optional is nil where nothing is given, and refused where something else is`() {
    #expect(Int?.value(from: nil) == .some(nil))
    #expect(Int?.value(from: .int(4)) == .some(4))
    #expect(Int?.value(from: .string("4")) == nil)
    #expect([Double]?.value(from: .ints([1, 2])) == .some([1, 2]))
    #expect(Int.value(from: nil) == nil)
  }

  @Test func `a type's kind is the one that its values have`() {
    #expect(Bool.parameterKind == .bool && [Int].parameterKind == .ints)
    #expect([Double].parameterKind == .doubles && [String].parameterKind == .strings)
    #expect(Double?.parameterKind == .double && [String]?.parameterKind == .strings)
    #expect([2, 3].parameterValue == .ints([2, 3]) && Double?.none.parameterValue == nil)
  }
}
