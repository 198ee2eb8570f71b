import Files
import Foundation
import Testing

struct JSONValueTests {
  @Test
  func `writes what Foundation reads back, in order`() throws {
    let value: JSONValue = [
      "text": "a\"b\\c\n\u{1}é€😀", "int": .int(.min), "double": .double(0.1), "list": [1, 2, 3],
      "nested": [["a": true], .null], "empty": [], "none": [:],
    ]
    for text in [value.text, value.line] {
      let read = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      )
      #expect(read["text"] as? String == "a\"b\\c\n\u{1}é€😀")
      #expect(read["int"] as? Int == .min)
      #expect(read["double"] as? Double == 0.1)
      #expect(read["list"] as? [Int] == [1, 2, 3])
      #expect((read["empty"] as? [Any])?.isEmpty == true)
    }
    let order = ["text", "int", "double", "list", "nested", "empty", "none"]
    let places = order.compactMap { value.line.range(of: "\"\($0)\":")?.lowerBound }
    #expect(places.count == order.count && places == places.sorted())
  }

  @Test
  func `writes null for numbers that JSON cannot hold`() {
    #expect(JSONValue.double(.infinity).line == "null")
  }
}
