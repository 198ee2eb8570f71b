import PluginKit
import Testing

/// Parameters that are one of a few, as enumerations.
struct ParameterChoiceTests {
  private enum Rounding: String, ParameterChoice {
    case nearest
    case learned = "by_loss"
  }

  private static let rounding = Parameter<Rounding>("rounding", default: .nearest, doc: "…")
  private static let few = Parameter<Rounding>(
    "few",
    default: .nearest,
    among: [.nearest],
    doc: "…"
  )
  private static let maybe = Parameter<Rounding?>("maybe", default: nil, doc: "…")

  private func settings(_ values: [String: ParameterValue]) -> Settings {
    var settings = Settings()
    settings.values = values
    return settings
  }

  @Test func `the host is told the raw values and the default`() {
    #expect(Self.rounding.spec.kind == .string)
    #expect(Self.rounding.spec.choices == ["nearest", "by_loss"])
    #expect(Self.rounding.spec.defaultValue == .string("nearest"))
    #expect(Self.few.spec.choices == ["nearest"])
    #expect(Self.maybe.spec.choices == ["nearest", "by_loss"])
    #expect(Self.maybe.spec.defaultValue == nil)
  }

  @Test func `a name is read as its case`() throws {
    #expect(try settings(["rounding": .string("by_loss")])[Self.rounding] == .learned)
    #expect(try settings(["maybe": .string("nearest")])[Self.maybe] == .nearest)
    #expect(try settings([:])[Self.maybe] == nil)
  }

  @Test(arguments: [ParameterValue.string("learned"), .string(""), .int(1), .bool(true)])
  func `what names no case is refused, and never taken for another`(value: ParameterValue) {
    #expect(throws: PluginError.self) { try settings(["rounding": value])[Self.rounding] }
    #expect(throws: PluginError.self) { try settings(["maybe": value])[Self.maybe] }
  }
}
