import PluginKit
import Testing

/// What a declaration tells the host.
struct ParameterTests {
  @Test func `a number has the bounds of its range, and is searched only where it says so`() {
    let plain = Parameter<Int>("steps", default: 4, in: 1...9, doc: "…").spec
    #expect(plain.minimum == .int(1) && plain.maximum == .int(9) && plain.kind == .int)
    #expect(!plain.isTunable && !plain.isLogarithmic && !plain.isRequired)
    let searched = Parameter<Double>(
      required: "rate",
      in: 0.001...1,
      tunable: true,
      logarithmic: true,
      alias: "lr",
      doc: "…"
    ).spec
    #expect(searched.isTunable && searched.isLogarithmic && searched.isRequired)
    #expect(searched.defaultValue == nil && searched.alias == "lr")
    #expect(searched.minimum == .double(0.001) && searched.maximum == .double(1))
  }

  @Test func `a list's bounds are those of its elements`() {
    let ratios = Parameter<[Double]>("ratios", default: [0.5], elementsIn: 0...0.9, doc: "…").spec
    #expect(ratios.kind == .doubles && ratios.defaultValue == .doubles([0.5]))
    #expect(ratios.minimum == .double(0) && ratios.maximum == .double(0.9) && !ratios.isRequired)
    let places = Parameter<[Int]>(required: "places", elementsIn: 0...7, doc: "…").spec
    #expect(places.kind == .ints && places.isRequired && places.defaultValue == nil)
    #expect(places.maximum == .int(7))
  }

  @Test func `a text of a few has them as choices, any other has none`() {
    let mode = Parameter<String>("mode", default: "a", choices: ["a", "b"], doc: "…").spec
    #expect(mode.choices == ["a", "b"] && mode.defaultValue == .string("a"))
    #expect(Parameter<String>("name", default: "x", doc: "…").spec.choices.isEmpty)
    #expect(Parameter<String>(required: "name", doc: "…").spec.isRequired)
  }

  @Test func `a former name is known to the host alone`() throws {
    let ratio = Parameter<Double>("ratio", default: 0.5, in: 0...1, alias: "share", doc: "…")
    // The host has put the value under the name of today.
    #expect(try Settings(["share": .double(0.1)])[ratio] == 0.5)
    #expect(try Settings(["ratio": .double(0.1)])[ratio] == 0.1)
  }

  @Test func `numbers are read as they are, those that are none too`() throws {
    let ratio = Parameter<Double>("ratio", default: 0.5, in: 0...1, doc: "…")
    // Bounds and finiteness are checked by the host before; here a value is only read.
    #expect(try Settings(["ratio": .double(.nan)])[ratio].isNaN)
    #expect(try Settings(["ratio": .int(2)])[ratio] == 2)
  }

  @Test func `an error says which parameter, and what it should have been`() {
    let steps = Parameter<Int>(required: "steps", doc: "…")
    let missing = #expect(throws: PluginError.self) { try Settings()[steps] }
    #expect(missing?.message == "parameter \"steps\" is required")
    let wrong = #expect(throws: PluginError.self) { try Settings(["steps": .double(1)])[steps] }
    #expect(wrong?.message == "parameter \"steps\" is not of type int")
    #expect(wrong?.code == .invalidArgument && missing?.code == .invalidArgument)
  }

  @Test func `a strategy may be called at once and repeats itself unless it says otherwise`() {
    let plain = StrategyDescription(id: "a", name: "A", version: "1", doc: "…")
    #expect(plain.isReentrant && plain.isDeterministic && plain.parameters.isEmpty)
    let other = StrategyDescription(
      id: "a",
      name: "A",
      version: "1",
      doc: "…",
      isReentrant: false,
      isDeterministic: false
    )
    #expect(!other.isReentrant && !other.isDeterministic)
  }
}
