import Detection
import Testing

struct ClassNamesTests {
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
