import Compression
import Testing

struct NearestNameTests {
  @Test(arguments: [
    ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "abc", 0), ("ab", "ba", 1),
    ("prnue", "prune", 1),
  ])
  func `counts the edits between two words`(a: String, b: String, edits: Int) {
    #expect(NearestName.distance(a, b) == edits)
    #expect(NearestName.distance(b, a) == edits)
  }

  @Test
  func `gives no hint where nothing is near`() {
    #expect(NearestName.of("ratoi", in: ["ratio", "params"]) == "ratio")
    #expect(NearestName.of("zzzzzz", in: ["ratio", "params"]) == nil)
    #expect(NearestName.of("x", in: []) == nil)
  }
}
