import Files
import PluginHost
import PluginKit
import Reports
import Testing

/// What a strategy says of itself.
struct StrategyReportTests {
  private let description = StrategyDescription(
    id: "org.example.a",
    name: "A",
    version: "1.2",
    doc: "Does something.",
    parameters: [
      ParameterSpec(
        name: "ratio",
        kind: .double,
        doc: "A share.",
        defaultValue: .double(0.5),
        minimum: .double(0),
        maximum: .double(1)
      ),
      ParameterSpec(name: "least", kind: .int, doc: "…", minimum: .int(2), isRequired: true),
      ParameterSpec(name: "most", kind: .ints, doc: "…", maximum: .int(9)),
      ParameterSpec(
        name: "mode",
        kind: .string,
        doc: "…",
        defaultValue: .string("x"),
        choices: ["x", "y"]
      ),
    ]
  )

  private func row(_ name: String) -> [String] {
    let text = StrategyReport(description, provenance: nil).text
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    return line.split(separator: "  ").map { $0.trimmingPrefix(while: \.isWhitespace) }
      .map(String.init)
  }

  @Test func `a parameter's row has its type, default, range and meaning`() {
    #expect(row("ratio ") == ["ratio", "double", "0.5", "0.0 to 1.0", "A share."])
    #expect(row("least ") == ["least", "int", "required", "from 2", "…"])
    #expect(row("most ") == ["most", "ints", "to 9", "…"])
    #expect(row("mode ") == ["mode", "string", "x", "x, y", "…"])
  }

  @Test func `the code is named where it is known`() {
    let provenance = Provenance(
      strategy: "a",
      plugin: "org.example",
      version: "3",
      sha256: "ff00",
      settings: Settings()
    )
    let known = StrategyReport(description, provenance: provenance)
    #expect(
      known.text.hasPrefix("org.example.a 1.2: Does something.\nof org.example 3, sha256 ff00\n")
    )
    #expect(known.json["plugin"]?.string == "org.example" && known.json["sha256"]?.string == "ff00")
    let unknown = StrategyReport(description, provenance: nil)
    #expect(!unknown.text.contains("sha256") && unknown.json["plugin"] == .null)
  }

  @Test func `a strategy without parameters says so`() {
    let bare = StrategyDescription(id: "b", name: "B", version: "1", doc: "Nothing.")
    #expect(StrategyReport(bare, provenance: nil).text == "b 1: Nothing.\nit has no parameters\n")
    #expect(StrategyReport(bare, provenance: nil).json["parameters"] == [:])
  }

  @Test func `JSON has a JSON Schema for each parameter`() throws {
    let json = StrategyReport(description, provenance: nil).json
    #expect(json["schema"]?.string == "espalier.strategy/1")
    let parameters = try #require(json["parameters"])
    #expect(parameters["ratio"]?["type"]?.string == "number")
    #expect(parameters["ratio"]?["maximum"]?.number == 1)
    #expect(parameters["most"]?["type"]?.string != "integer")
    #expect(parameters["mode"]?["enum"] == ["x", "y"])
  }

  @Test func `what a plugin offers only to other hosts is told with its reason`() throws {
    let manifest = try Manifest(
      bytes: Array(
        """
        {"manifest": 1, "id": "org.x", "version": "1", "library": "x.so", "abi": "esp/1",
         "strategies": [{"id": "org.x.y", "interface": "esp.foo/1"}, {"id": "org.x.z", "interface": "esp.pruner/1"}]}
        """.utf8
      ),
      path: "/x",
      isBuiltIn: false
    )
    let report = PluginReport([
      PluginCandidate(manifestPath: "/x", origin: .user, manifest: manifest, verdict: .ready)
    ])
    let note =
      "strategy \"org.x.y\" is skipped: this host does not know the interface \"esp.foo/1\"; update Espalier to use it"
    let plugin = try #require(report.json["plugins"]?.items?.first)
    #expect(plugin["strategies"] == ["org.x.z"])
    #expect(
      plugin["skipped"] == [["id": "org.x.y", "interface": "esp.foo/1", "reason": .string(note)]]
    )
    #expect(report.reasons.contains("\n  \(note)\n"))
  }

  @Test func `without plugins the way to them is said`() {
    let report = PluginReport([])
    #expect(report.text == "no plugin was found; built-ins lie beside the executable\n")
    #expect(report.reasons.isEmpty)
    #expect(report.json == ["schema": "espalier.plugins/1", "repeated": [], "plugins": []])
  }
}
