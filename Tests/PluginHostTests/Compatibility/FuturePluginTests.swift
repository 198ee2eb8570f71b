import PluginHost
import PluginKit
import Testing

/// A plugin that was built against a later minor, in today's host.
@Suite(.requiresCompiler)
struct FuturePluginTests {
  private let workshop: Workshop
  private let model = SmallModel([("a", 8), ("b", 4)])

  init() throws { workshop = try Workshop() }

  /// Longer tables, an interface and a revision that no host of today knows, and functions that look for what is new.
  private static let source = """
    #include "espalier_plugin.h"
    #define S(text) {text, sizeof(text) - 1}
    static const esp_host *host;
    static double ratio_;
    #define REFUSE(text) return h->fail(h, call, ESP_E_INTERNAL, (esp_str)S(text))
    static esp_status create(const esp_strategy *s, const esp_host *h, esp_call *call, const esp_value *params, uint32_t n, void **self) {
      if (ESP_HAS(h, later)) REFUSE("the host claims what it does not have");
      if (s->later[0] != 41 || n != 1) REFUSE("another strategy");
      ratio_ = params[0].u.f;
      *self = &ratio_;
      return 0;
    }
    static void destroy(void *self) {}
    static esp_status plan(void *self, esp_call *call, const esp_pruning_host *p) {
      const esp_host *h = host;
      if (ESP_HAS(p, later)) REFUSE("the host claims what it does not have");
      for (uint32_t k = 0; k < p->n_groups; ++k) {
        esp_group g = {sizeof g};
        esp_member m = {sizeof m};
        g.later[0] = g.later[1] = m.later[0] = m.later[1] = 77;
        esp_status status = p->group(call, k, &g);
        if (!status) status = p->member(call, k, 0, &m);
        if (status) return status;
        if (g.later[0] != 77 || g.later[1] != 77 || m.later[0] != 77 || m.later[1] != 77) REFUSE("a field of later was written");
        if (g.struct_size != sizeof g || m.struct_size != sizeof m) REFUSE("another size");
        status = p->set_ratio(call, k, ratio_ / g.channels);
        if (status) return status;
      }
      return 0;
    }
    typedef struct dream { uint32_t struct_size, reserved; void (*sleep)(void); } dream;
    static const dream dreams = {sizeof dreams};
    static const esp_param_spec ratio = {sizeof ratio, ESP_T_F64, 1u << 20, 0, S("ratio"), S("A ratio."), {0, 0},
                                         {ESP_T_F64, 0, {.f = 2}}, {ESP_T_F64, 0, {.f = 0}}, {ESP_T_F64, 0, {.f = 4}}, 0, {1, 2}};
    static const esp_param_spec *const params[] = {&ratio};
    static const esp_pruner_v1 table = {sizeof table, 0, plan, 0, {~0ull, ~0ull}};
    #define STRATEGY(id, interface, functions) {sizeof(esp_strategy), 1u << 30, S(id), S(interface), S("Later"), S("Of a later day."), \\
      S("1.0.0"), ~0ull, params, 1, 0, 0, create, destroy, functions, {41, 42}}
    static const esp_strategy dreamer = STRATEGY("org.example.dreamer", "esp.dream/1", &dreams);
    static const esp_strategy newer = STRATEGY("org.example.pruner", "esp.pruner/2", (void *)8);
    static const esp_strategy pruner = STRATEGY("org.example.pruner", ESP_PRUNER_V1, &table);
    static const esp_strategy *const strategies[] = {&dreamer, &newer, &pruner};
    static const esp_plugin plugin = {sizeof plugin, 3, {sizeof(esp_version), 1, ESP_ABI_MINOR, FLOOR}, S("org.example.later"), S("1.0.0"),
                                      S("Example"), strategies, 0, {~0ull, ~0ull}};
    ESP_EXPORT const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { host = h; return &plugin; }
    """

  private func build(floor: Int) throws -> PluginRegistry {
    try workshop.compile(
      "#define FLOOR \(floor)\n" + Self.source,
      headers: FutureHeaders.write(into: workshop)
    )
    try workshop.write(
      """
      {"manifest": 1, "id": "org.example.later", "version": "1.0.0", "library": "plugin.so", "x-esp-signature": "…",
       "sha256": "\(workshop.hash(of: "plugin.so"))", "abi": "esp/1", "x-homepage": {"en": "https://example.org"},
       "strategies": [{"id": "org.example.dreamer", "interface": "esp.dream/1", "depth": 3},
                      {"id": "org.example.pruner", "interface": "esp.pruner/2", "x-speed": 2},
                      {"id": "org.example.pruner", "interface": "esp.pruner/1", "x-speed": 1}]}
      """,
      to: "later.manifest.json"
    )
    return workshop.registry()
  }

  @Test func `2: loads, and plans by what both know`() throws {
    let registry = try build(floor: 1)
    let pruner = try registry.pruner(
      named: "org.example.pruner",
      settings: ["ratio": .double(3)]
    )
    #expect(try pruner.plan(for: model).cuts == ["a": .ratio(3.0 / 8), "b": .ratio(3.0 / 4)])
    #expect(registry.strategyIDs == ["org.example.pruner"])
    #expect(workshop.log.all == [])
    let text = try #require(registry.listing().first).description
    #expect(text.contains("strategy \"org.example.dreamer\" is skipped"))
    #expect(text.contains("strategy \"org.example.pruner\" is used by \"esp.pruner/1\""))
  }

  @Test func `3: is refused where it needs more than this host has`() throws {
    let registry = try build(floor: 9)
    let error = try #require(throws: PluginHostError.self) {
      try registry.pruner(named: "org.example.pruner")
    }
    #expect(error.refusal?.code == .versionFloor)
  }
}
