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

  @Test func `80 unnamed classes are COCO's where the data's are among them`() throws {
    let places = try #require(
      try ClassNames.places(of: [], count: 80, among: ["car", "person"])
    )
    #expect(places.count == 80)
    #expect(places[0] == 1 && places[2] == 0)
    #expect(places.compactMap(\.self).count == 2)
  }

  @Test func `numbers for names are no names`() throws {
    let names = (0..<80).map(String.init)
    #expect(try ClassNames.places(of: names, count: 80, among: ["toothbrush"])?[79] == 0)
  }

  @Test func `20 unnamed classes are Pascal VOC's, in COCO's words too`() throws {
    let places = try ClassNames.places(of: [], count: 20, among: ["airplane", "tv"])
    #expect(places?[0] == 0 && places?[19] == 1)
  }

  @Test(arguments: [(90, 0, 12, 89), (91, 1, 13, 90)])
  func `90 and 91 classes are COCO's ids, which leave gaps`(
    count: Int,
    person: Int,
    stopSign: Int,
    toothbrush: Int
  ) throws {
    let data = ["person", "stop sign", "toothbrush"]
    let places = try #require(try ClassNames.places(of: [], count: count, among: data))
    #expect(places[person] == 0 && places[stopSign] == 1 && places[toothbrush] == 2)
    #expect(places[stopSign - 1] == nil)
  }

  @Test
  func `as many unnamed classes as the data's are the data's own, even where one name is COCO's`()
    throws
  {
    let data = ["person"] + (1..<20).map { "thing\($0)" }
    #expect(try ClassNames.places(of: [], count: 20, among: data) == nil)
  }

  @Test func `other numbers of unnamed classes are refused`() {
    #expect(throws: DetectionError.self) {
      try ClassNames.places(of: [], count: 80, among: ["RBC", "WBC"])
    }
  }
}
