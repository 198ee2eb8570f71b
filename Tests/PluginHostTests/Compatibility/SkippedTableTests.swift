import PluginHost
import PluginKit
import Testing

/// Tables that hold strategies of unknown interfaces: skipped without a look at anything behind id and interface.
@Suite(.requiresCompiler)
struct SkippedTableTests {
  private let workshop: Workshop
  private let model = SmallModel([("a", 8)])

  init() throws { workshop = try Workshop() }

  /// A plugin with the right strategy, `PLAIN`, and others that differ as `change` says.
  private func build(_ change: String, strategies: String) throws {
    try workshop.compile(
      """
      #define ENTRY
      #include "plugin.h"
      #define PLAIN &strategy
      static esp_strategy other, second;
      static void change(void) {
        \(change)
      }
      const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
        host = h;
        other = second = strategy;
        other.id = (esp_str)S("org.example.space");
        other.interface_id = (esp_str)S("esp.foo/1");
        change();
        static const esp_strategy *list[] = {\(strategies)};
        static esp_plugin table;
        table = plugin;
        table.strategies = list;
        table.n_strategies = sizeof list / sizeof *list;
        return &table;
      }
      """
    )
  }

  private func describe(_ entries: [(id: String, interface: String)]) throws {
    let list = entries.map { "{\"id\": \"\($0.id)\", \"interface\": \"\($0.interface)\"}" }
    try workshop.write(
      """
      {"manifest": 1, "id": "org.example.plugin", "version": "1.0.0", "library": "plugin.so",
       "sha256": "\(workshop.hash(of: "plugin.so"))", "abi": "esp/1",
       "strategies": [\(list.joined(separator: ", "))]}
      """,
      to: "p.manifest.json"
    )
  }

  private static let strategy = (id: "org.example.strategy", interface: "esp.pruner/1")
  private static let space = (id: "org.example.space", interface: "esp.foo/1")

  @Test(arguments: ["&other, PLAIN", "PLAIN, &other"])
  func `nothing behind id and interface is read of what is skipped`(strategies: String) throws {
    // No function, and pointers that cannot be followed.
    try build(
      """
      other.vtable = (void *)8; other.create = 0; other.destroy = 0; other.params = (void *)8;
      other.n_params = 0xffffffffu; other.name.ptr = other.doc.ptr = other.version.ptr = (char *)8;
      other.name.len = other.doc.len = other.version.len = 64; other.flags = ~0u; other.device_mask = ~0ull;
      """,
      strategies: strategies
    )
    try describe([Self.space, Self.strategy])
    let registry = workshop.registry()
    let pruner = try registry.pruner(named: Self.strategy.id)
    #expect(try pruner.plan(for: model) == PruningPlan(cuts: ["a": .ratio(0.5)]))
    #expect(registry.listing().map(\.verdict) == [.loaded])
    #expect(workshop.log.all == [])
  }

  @Test func `what is skipped may have no vtable, stand between others, or not be there`() throws {
    try build(
      "other.vtable = 0; second.id = (esp_str)S(\"org.example.second\");",
      strategies: "PLAIN, &other, &second"
    )
    let second = (id: "org.example.second", interface: "esp.pruner/1")
    let absent = (id: "org.example.absent", interface: "esp.bar/2")
    try describe([Self.strategy, Self.space, second, absent])
    let registry = workshop.registry()
    for id in [Self.strategy.id, second.id] {
      #expect(try registry.pruner(named: id).plan(for: model).cuts == ["a": .ratio(0.5)])
    }
  }

  @Test func `a plugin of which all is skipped is listed, loads, and offers nothing`() throws {
    try build("", strategies: "&other")
    try describe([Self.space])
    let registry = workshop.registry()
    #expect(registry.strategyIDs == [])
    #expect(registry.listing().map(\.verdict) == [.ready])
    #expect(registry.listing(loading: true).map(\.verdict) == [.loaded])
    let error = try #require(throws: PluginHostError.self) {
      try registry.description(of: Self.space.id)
    }
    #expect("\(error)".contains("does not know the interface \"esp.foo/1\""))
  }

  @Test(arguments: ["PLAIN, &second", "&second, PLAIN"])
  func `two revisions stand under one id, of which the known one is used`(
    strategies: String
  ) throws {
    try build(
      "second.interface_id = (esp_str)S(\"esp.pruner/2\"); second.vtable = 0; second.create = 0;",
      strategies: strategies
    )
    try describe([(Self.strategy.id, "esp.pruner/2"), Self.strategy])
    let registry = workshop.registry()
    #expect(
      try registry.pruner(named: Self.strategy.id).plan(for: model).cuts == ["a": .ratio(0.5)]
    )
    #expect(
      try #require(registry.listing().first).description
        .contains("is used by \"esp.pruner/1\": this host does not know \"esp.pruner/2\"")
    )
  }

  @Test func `a table with only the newer of two revisions lacks the one that is used`() throws {
    try build("second.interface_id = (esp_str)S(\"esp.pruner/2\");", strategies: "&second")
    try describe([(Self.strategy.id, "esp.pruner/2"), Self.strategy])
    #expect(workshop.refusal()?.code == .strategyMissing)
  }

  @Test func `an interface that is not the manifest's is refused, known or not`() throws {
    try build("", strategies: "PLAIN, &other")
    try describe([Self.strategy, (Self.space.id, "esp.bar/1")])
    let unknown = try #require(workshop.refusal())
    #expect(unknown.code == .tableIdentity)
    #expect(unknown.detail.contains("esp.foo/1") && unknown.detail.contains("esp.bar/1"))
    try build(
      "other.interface_id = (esp_str)S(\"esp.pruner/1\");",
      strategies: "PLAIN, &other"
    )
    try describe([Self.strategy, Self.space])
    #expect(workshop.refusal()?.code == .tableIdentity)
    try build("other.id = (esp_str)S(\"org.example.strategy\");", strategies: "&other")
    try describe([Self.strategy])
    #expect(workshop.refusal()?.code == .tableIdentity)
  }

  @Test(arguments: [
    ("", "PLAIN, &other, &other"), ("", "PLAIN, PLAIN"),
    ("second.interface_id = (esp_str)S(\"esp.distill/1\");", "PLAIN, &second"),
    ("second.interface_id = (esp_str)S(\"esp.foo/1\");", "PLAIN, &second"),
    ("other.interface_id = (esp_str){0, 0};", "PLAIN, &other"),
    ("other.interface_id = (esp_str){0, 9};", "PLAIN, &other"),
    ("other.interface_id = (esp_str)S(\"foo\");", "PLAIN, &other"),
    (
      "static char text[4096]; memset(text, 'a', 4096); other.interface_id = (esp_str){text, 4096};",
      "PLAIN, &other"
    ),
    ("other.id.len = 0;", "PLAIN, &other"),
    ("", "PLAIN, 0"),
  ])
  func `refuses what no revision of anything can be`(change: String, strategies: String) throws {
    try build(change, strategies: strategies)
    try describe([Self.strategy, Self.space])
    let refusal = try #require(workshop.refusal())
    #expect(refusal.code == .strategyMalformed, "\(refusal)")
    #expect(refusal.detail.utf8.count < 400)
  }

  @Test func `what the manifest does not list is told and not offered, known or not`() throws {
    try build(
      "other.vtable = 0; second.id = (esp_str)S(\"org.example.second\");",
      strategies: "&other, PLAIN, &second"
    )
    try describe([Self.strategy])
    let registry = workshop.registry()
    _ = try registry.pruner(named: Self.strategy.id)
    #expect(registry.strategyIDs == [Self.strategy.id])
    #expect(
      workshop.log.all
        == ["org.example.space", "org.example.second"].map {
          "warning org.example.plugin: the strategy \"\($0)\" is not in the manifest, so it is not offered"
        }
    )
  }

  @Test func `a table holds 1024 strategies, and no more`() throws {
    for count in [1024, 1025] {
      try workshop.compile(
        """
        #define ENTRY
        #include "plugin.h"
        #include <stdio.h>
        static esp_strategy all[\(count)];
        static const esp_strategy *list[\(count)];
        static char ids[\(count)][32];
        const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
          static esp_plugin table;
          for (int k = 0; k < \(count); ++k) {
            all[k] = strategy;
            if (k != 600) {
              all[k].id.ptr = ids[k];
              all[k].id.len = snprintf(ids[k], 32, "org.example.s%d", k);
              all[k].interface_id = (esp_str)S("esp.foo/1");
              all[k].vtable = 0;
            }
            list[k] = &all[k];
          }
          table = plugin;
          table.strategies = list;
          table.n_strategies = \(count);
          return &table;
        }
        """
      )
      try describe(
        (0..<1024).map { $0 == 600 ? Self.strategy : ("org.example.s\($0)", "esp.foo/1") }
      )
      let refusal = workshop.refusal()
      #expect(
        refusal?.code == (count == 1024 ? nil : .tableMalformed),
        "\(String(describing: refusal))"
      )
    }
  }
}
