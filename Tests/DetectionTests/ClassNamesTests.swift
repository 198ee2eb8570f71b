import Detection
import Testing

struct ClassNamesTests {
  private func network(_ names: String?) -> NetworkInterface {
    NetworkInterface(inputs: [], outputs: [], metadata: names.map { ["names": $0] } ?? [:])
  }

  @Test(arguments: [
    ("{0: 'person', 1: 'bicycle'}", ["person", "bicycle"]),
    ("{1: \"it's\", 0: 'a, b: c'}", ["a, b: c", "it's"]), ("{0: 'it\\'s'}", ["it's"]),
    ("{0: 'a', 2: 'b'}", []), ("nothing", []),
  ])
  func `names are read as the file's metadata write them`(text: String, names: [String]) {
    #expect(ClassNames.of(network(text)) == names)
  }

  @Test func `classes are matched by name, whatever their order and spelling`() throws {
    let places = try ClassNames.places(
      of: ["Person", "traffic light", "tv", "zebra"],
      count: 4,
      among: ["tvmonitor", "person", "Traffic_Light"]
    )
    #expect(places == [1, 2, 0, nil])
  }

  @Test func `without names as many classes are the data's in order, others are refused`() throws {
    #expect(try ClassNames.places(of: [], count: 2, among: ["a", "b"]) == nil)
    #expect(try ClassNames.places(of: ["class0", "class1"], count: 2, among: ["a", "b"]) == nil)
    for (names, count) in [([], 3), (["x", "y"], 2)] {
      let error = #expect(throws: DetectionError.self) {
        try ClassNames.places(of: names, count: count, among: ["a", "b"])
      }
      #expect("\(try #require(error))".contains("'names'"))
    }
  }

  @Test func `without labels every class stays`() throws {
    #expect(try ClassNames.places(of: ["x"], count: 1, among: []) == nil)
  }
}
