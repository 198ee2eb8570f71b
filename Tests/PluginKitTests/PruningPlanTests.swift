import FoundationEssentials
import PluginKit
import Testing

struct PruningPlanTests {
  private let plan = PruningPlan(
    cuts: ["a": .ratio(0.25), "b": .channels([0, 3, 7])],
    score: "org.example.l2"
  )

  @Test func `survives JSON`() throws {
    let data = try JSONEncoder().encode(plan)
    #expect(try JSONDecoder().decode(PruningPlan.self, from: data) == plan)
  }

  @Test func `writes ratios as numbers and channels as lists`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(plan), as: UTF8.self)
    #expect(text == #"{"cuts":{"a":0.25,"b":[0,3,7]},"score":"org.example.l2"}"#)
  }

  @Test func `prints a line a group`() {
    #expect(plan.description == "a: 0.25\nb: 3 channels [0, 3, 7]")
  }

  private func read(_ text: String) throws -> PruningPlan {
    try JSONDecoder().decode(PruningPlan.self, from: Data(text.utf8))
  }

  @Test func `a whole number is a ratio, and a list without channels is one`() throws {
    let plan = try read(#"{"cuts": {"a": 0, "b": []}}"#)
    #expect(plan == PruningPlan(cuts: ["a": .ratio(0), "b": .channels([])]))
    #expect(plan.score == nil)
  }

  @Test(arguments: [
    #"{"cuts": {"a": "0.5"}}"#, #"{"cuts": {"a": [0.5]}}"#, #"{"cuts": {"a": null}}"#,
    #"{"cuts": {"a": true}}"#, #"{"score": "x"}"#,
  ])
  func `what is neither ratio nor channels is refused`(text: String) {
    #expect(throws: DecodingError.self) { try read(text) }
  }

  @Test func `a plan without cuts prints nothing, and one with some in the order of names`() {
    #expect(PruningPlan().description.isEmpty)
    let many = PruningPlan(cuts: ["b": .ratio(1), "a2": .ratio(0.5), "a10": .channels([])])
    #expect(many.description == "a10: 0 channels []\na2: 0.5\nb: 1.0")
  }
}
