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

  @Test(
    arguments: [
      (.cancelled, "cancelled", 1), (.invalidArgument, "invalid argument", 3),
      (.deadline, "deadline passed", 4), (.notFound, "not found", 5),
      (.outOfMemory, "out of memory", 8), (.unimplemented, "not offered here", 12),
      (.internalError, "internal error", 13), (.numeric, "numeric error", 17),
    ] as [(PluginError.Code, String, Int32)]
  )
  func `says the status where there is no message`(
    code: PluginError.Code,
    words: String,
    status: Int32
  ) {
    #expect("\(PluginError(code, ""))" == words)
    // The numbers of espalier_plugin.h.
    #expect(code.rawValue == status)
  }

  @Test func `leaves out what is not known of the place`() {
    let error = PluginError(.notFound, "gone", origin: .init(plugin: "p", function: "plan"))
    #expect("\(error)" == "plugin \"p\", plan: gone")
  }
}
