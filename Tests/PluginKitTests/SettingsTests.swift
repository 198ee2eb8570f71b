import PluginKit
import Testing

struct SettingsTests {
  private static let ratio = Parameter<Double>(
    "ratio",
    default: 0.3,
    in: 0...1,
    tunable: true,
    alias: "r",
    doc: "A share."
  )
  private static let score = Parameter<String?>("score", default: nil, doc: "A score.")
  private static let steps = Parameter<Int>(required: "steps", doc: "How many.")
  private static let names = Parameter<[String]>("names", default: ["a"], doc: "Which.")

  @Test func `declares what the Swift type says`() {
    #expect(
      Self.ratio.spec
        == ParameterSpec(
          name: "ratio",
          kind: .double,
          doc: "A share.",
          defaultValue: .double(0.3),
          minimum: .double(0),
          maximum: .double(1),
          isTunable: true,
          alias: "r"
        )
    )
    #expect(Self.score.spec == ParameterSpec(name: "score", kind: .string, doc: "A score."))
    #expect(Self.names.spec.defaultValue == .strings(["a"]))
    #expect(Self.steps.spec.isRequired)
  }

  @Test func `reads values and defaults with their types`() throws {
    let settings = Settings(["ratio": .int(1), "steps": .int(4)])
    #expect(try settings[Self.ratio] == 1)
    #expect(try settings[Self.steps] == 4)
    #expect(try settings[Self.score] == nil)
    #expect(try settings[Self.names] == ["a"])
    #expect(try Settings(["score": .string("x")])[Self.score] == "x")
  }

  @Test func `throws for what is missing or of another type`() {
    #expect(throws: PluginError.self) { try Settings()[Self.steps] }
    #expect(throws: PluginError.self) { try Settings(["steps": .string("x")])[Self.steps] }
    #expect(throws: PluginError.self) { try Settings(["score": .int(1)])[Self.score] }
  }
}
