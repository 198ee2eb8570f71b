import Graphs
import Testing

struct NearestNameTests {
  @Test(arguments: [
    ("unifrom", "uniform"), ("sensitiv", "sensity"), ("r587", "r578"), ("Uniform", "uniform"),
    ("lsit", "list"),
    ("xyz", nil), ("", nil),
  ])
  func `finds what was meant`(name: String, expected: String?) {
    #expect(nearest(to: name, in: ["list", "r578", "sensity", "uniform"]) == expected)
  }
}
