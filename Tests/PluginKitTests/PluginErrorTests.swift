import PluginKit
import Testing

struct PluginErrorTests {
  @Test func `says where, what and why`() {
    let error = PluginError(
      .numeric,
      "the score of channel 2 is nan",
      cause: PluginError(.internalError, "division by zero"),
      origin: PluginError.Origin(plugin: "org.example.x", function: "score", layer: "conv1")
    )
    #expect(
      "\(error)"
        == "plugin \"org.example.x\", score of \"conv1\": the score of channel 2 is nan (division by zero)"
    )
  }

  @Test func `never has the status of success`() {
    #expect(PluginError.Code(rawValue: 0) == .internalError)
    #expect(PluginError.Code(rawValue: 99).description == "status 99")
  }
}
