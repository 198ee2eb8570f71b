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
}
