import Graphs
import Testing

struct NamePatternTests {
  private static let names = [
    "Conv_1", "Conv_10", "Conv_11", "/head/Conv_1", "head.0.weight", "headX0", "1178", "11781",
    "a[1]", "a1", "",
  ]

  @Test(arguments: [
    ("Conv_1", ["Conv_1"]),
    ("Conv_1*", ["Conv_1", "Conv_10", "Conv_11"]),
    ("*Conv_1", ["Conv_1", "/head/Conv_1"]),
    ("*Conv_1*", ["Conv_1", "Conv_10", "Conv_11", "/head/Conv_1"]),
    ("Conv", []),
    ("1178", ["1178"]),
    ("1178*", ["1178", "11781"]),
    // A dot is a dot, unless the text is plainly an expression.
    ("head.0", []),
    ("head.0.weight", ["head.0.weight"]),
    ("head.*", ["head.0.weight", "headX0"]),
    ("Conv_1[01]", ["Conv_10", "Conv_11"]),
    ("(Conv_1|1178)", ["Conv_1", "1178"]),
    ("Conv_1+", ["Conv_1", "Conv_11"]),
    ("a[1]", ["a[1]", "a1"]),
    // No expression, and no name.
    ("Conv_(", []),
    ("*", names),
    ("", [""]),
    ("Conv_1*1", ["Conv_11"]),
    ("1178*8", []),
  ])
  func `a text selects whole names, and a star any characters`(text: String, wanted: [String]) {
    #expect(NamePattern(text).selected(from: Self.names) == wanted)
    for name in Self.names {
      #expect(NamePattern(text).matches(name) == wanted.contains(name), "\(text) \(name)")
    }
  }
}
