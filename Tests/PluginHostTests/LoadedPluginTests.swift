import PluginHost
import PluginKit
import Testing

/// What the host makes of a plugin's tables: the cases 1 to 5 and 12 of the conformance list.
@Suite(.requiresCompiler)
struct LoadedPluginTests {
  private let workshop: Workshop
  private let model = SmallModel([("a", 8)])

  init() throws { workshop = try Workshop() }

  @Test func `takes a plan from a plain C plugin`() throws {
    try workshop.plugin()
    let registry = workshop.registry()
    let pruner = try registry.pruner(named: "org.example.strategy")
    #expect(try pruner.plan(for: model) == PruningPlan(cuts: ["a": .ratio(0.5)]))
    #expect(registry.listing().map(\.verdict) == [.loaded])
  }

  @Test func `1: takes a table that is shorter than the host's`() throws {
    // The plugin's struct ends before `shutdown`, right before memory that cannot be read.
    try workshop.compile(
      """
      #include <sys/mman.h>
      #define PLUGIN_SIZE offsetof(esp_plugin, shutdown)
      #define ENTRY
      #include "plugin.h"
      const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
        char *pages = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        mprotect(pages + 4096, 4096, PROT_NONE);
        char *end = pages + 4096 - offsetof(esp_plugin, shutdown);
        memcpy(end, &plugin, offsetof(esp_plugin, shutdown));
        return (const esp_plugin *)end;
      }
      """
    )
    try workshop.describe()
    let registry = workshop.registry()
    #expect(try registry.description(of: "org.example.strategy").name == "Strategy")
    registry.shutDown()
  }

  @Test func `1: takes a vtable that ends before score`() throws {
    try workshop.plugin(
      "#define VTABLE_SIZE offsetof(esp_pruner_v1, score)\n#define SCORE (void *)1"
    )
    #expect(try workshop.registry().pruner(named: "org.example.strategy").scorer == nil)
  }

  @Test func `2: takes a longer table of a newer minor`() throws {
    try workshop.plugin(
      "#define VERSION {sizeof(esp_version), 1, 9, 0}\n#define PLUGIN_SIZE sizeof(esp_plugin) + 64"
    )
    #expect(
      try workshop.registry().description(of: "org.example.strategy").id == "org.example.strategy"
    )
  }

  @Test func `3: refuses a floor above its own, with both numbers`() throws {
    try workshop.plugin("#define VERSION {sizeof(esp_version), 1, 7, 7}")
    let refusal = try #require(workshop.refusal())
    #expect(refusal.code == .versionFloor)
    #expect(refusal.detail.contains("1.7") && refusal.detail.contains("1.2"))
  }

  @Test func `4: refuses another major`() throws {
    try workshop.plugin("#define VERSION {sizeof(esp_version), 2, 0, 0}")
    #expect(workshop.refusal()?.code == .versionMajor)
  }

  @Test func `4: uses v1 of a plugin that exports v2 too`() throws {
    try workshop.plugin("int esp_plugin_entry_v2(void) { __builtin_trap(); }")
    #expect(workshop.refusal() == nil)
  }

  @Test(arguments: [
    "#define PLUGIN_SIZE 0", "#define PLUGIN_SIZE 1", "#define PLUGIN_SIZE 0xffffffffu",
    "#define STRATEGY_SIZE 0", "#define STRATEGY_SIZE 8", "#define STRATEGY_SIZE 0xffffffffu",
    "#define N_STRATEGIES 0xffffffffu", "#define VERSION {0, 1, 0, 0}",
  ])
  func `5: refuses sizes and counts that cannot be`(change: String) throws {
    try workshop.plugin(change)
    #expect(workshop.refusal()?.code == .tableMalformed)
  }

  @Test func `5: refuses a count of parameters that cannot be`() throws {
    try workshop.plugin(
      "#define N_PARAMS 0xffffffffu\n#define PARAM_TABLE static const esp_param_spec *const params[1];"
    )
    #expect(workshop.refusal()?.code == .tableMalformed)
  }

  @Test(arguments: [
    "#define INTERFACE \"esp.pruner\"", "#define CREATE 0", "#define PLAN 0",
    "#define STRATEGY \"\"", "#define N_STRATEGIES 2",
  ])
  func `refuses a strategy that is not whole`(change: String) throws {
    try workshop.plugin(change)
    #expect(workshop.refusal()?.code == .strategyMalformed)
  }

  @Test func `refuses a plugin whose table has another id`() throws {
    try workshop.plugin("#define ID \"org.example.other\"")
    #expect(workshop.refusal()?.code == .tableIdentity)
  }

  @Test func `refuses a table without a strategy of the manifest`() throws {
    try workshop.compile("#include \"plugin.h\"")
    try workshop.describe(strategies: ["org.example.strategy", "org.example.second"])
    let refusal = try #require(workshop.refusal())
    #expect(refusal.code == .strategyMissing)
    #expect(refusal.detail.contains("org.example.second"))
  }

  @Test func `tells why a plugin declined`() throws {
    try workshop.plugin(
      """
      #define ENTRY
      #include "espalier_plugin.h"
      const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
        esp_str s = {"needs AVX-512", 13};
        h->fail(h, 0, ESP_E_UNIMPLEMENTED, s);
        return 0;
      }
      """
    )
    let refusal = try #require(workshop.refusal())
    #expect(refusal.code == .declined)
    #expect(refusal.detail == "it declined: needs AVX-512")
  }

  @Test func `refuses a build that is in quarantine`() throws {
    try workshop.plugin()
    let quarantine = Quarantine(folder: workshop.path + "/state/quarantine")
    let reason = Quarantine.Reason(
      code: "ESP-P804",
      plugin: "org.example.plugin",
      function: "plan",
      layer: "",
      what: "it crashed: SIGSEGV",
      time: 0
    )
    try quarantine.record(reason, of: try workshop.hash(of: "plugin.so"))
    let refusal = try #require(workshop.refusal { $0.quarantine = quarantine })
    #expect(refusal.code == .quarantined)
    #expect(refusal.detail.contains("on 1970-01-01 00:00:00 UTC, in plan, it crashed: SIGSEGV"))
    let allowed = workshop.registry {
      $0.quarantine = quarantine
      $0.allowsQuarantined = true
    }
    _ = try allowed.description(of: "org.example.strategy")
    #expect(workshop.log.all.contains { $0.contains("although it is in quarantine") })
  }

  @Test func `turns an exception of the entry into a refusal`() throws {
    try workshop.compile(
      """
      #include <stdexcept>
      #include "espalier_plugin.h"
      extern "C" const esp_plugin *esp_plugin_entry_v1(const esp_host *) { throw std::runtime_error("no"); }
      """,
      cxx: true
    )
    try workshop.describe()
    #expect(workshop.refusal()?.code == .entryThrew)
    #expect(
      workshop.refusal()?.detail == "the entry of org.example.plugin did not return: it threw: no"
    )
  }

  @Test func `12: reports a second plugin of the same id and takes the first`() throws {
    try workshop.compile("#include \"plugin.h\"", to: "a.so")
    try workshop.compile("#define PLAN 0\n#include \"plugin.h\"", to: "b.so")
    try workshop.describe(library: "a.so", file: "a.manifest.json")
    try workshop.describe(library: "b.so", file: "b.manifest.json")
    let registry = workshop.registry()
    _ = try registry.pruner(named: "org.example.strategy")
    #expect(
      registry.listing().map(\.verdict)
        == [.loaded, .shadowed(by: workshop.plugins + "/a.manifest.json")]
    )
    #expect(registry.repeated.count == 1)
    // It is said where the plugin is used, once.
    let said = workshop.log.all.filter { $0.contains("two plugins have the id") }
    #expect(said.count == 1 && said[0].contains("/a.manifest.json is used"))
  }

  @Test func `reports a second plugin that offers the same strategy`() throws {
    try workshop.compile("#include \"plugin.h\"", to: "a.so")
    try workshop.compile("#define ID \"org.example.b\"\n#include \"plugin.h\"", to: "b.so")
    try workshop.describe(library: "a.so")
    try workshop.describe("org.example.z", library: "b.so")
    let registry = workshop.registry()
    let listing = registry.listing()
    #expect(registry.repeated.count == 1 && workshop.log.all.isEmpty)
    _ = try registry.description(of: "org.example.strategy")
    #expect(workshop.log.all.filter { $0.contains("two plugins offer the strategy") }.count == 1)
    #expect(listing[1].shadowedStrategies == ["org.example.strategy": "org.example.plugin"])
  }

  @Test func `12: keeps equal symbols of two plugins apart`() throws {
    for (index, name) in ["a", "b"].enumerated() {
      try workshop.compile(
        """
        #define ID "org.example.\(name)"
        #define STRATEGY "org.example.s\(name)"
        #include "espalier_plugin.h"
        __attribute__((visibility("default"))) double helper(void) { return 0.25 * (\(index) + 1); }
        static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) { return p->set_ratio(c, 0, helper()); }
        #define PLAN plan_
        #include "plugin.h"
        """,
        to: name + ".so"
      )
      try workshop.describe(
        "org.example." + name,
        library: name + ".so",
        strategies: ["org.example.s" + name]
      )
    }
    let registry = workshop.registry()
    let plans = try ["org.example.sa", "org.example.sb"].map {
      try registry.pruner(named: $0).plan(for: model).cuts["a"]
    }
    #expect(plans == [.ratio(0.25), .ratio(0.5)])
  }

  @Test func `loads nothing that is not asked for`() throws {
    let marker = workshop.path + "/marker"
    try workshop.plugin(
      """
      #include <fcntl.h>
      __attribute__((constructor)) static void run(void) { open("\(marker)", O_CREAT | O_WRONLY, 0600); }
      """
    )
    let registry = workshop.registry()
    #expect(registry.strategyIDs == ["org.example.strategy"])
    #expect(registry.listing().map(\.verdict) == [.ready])
    #expect(!workshop.exists(marker))
    _ = try registry.description(of: "org.example.strategy")
    #expect(workshop.exists(marker))
  }

  @Test func `calls shutdown in the reverse order of loading`() throws {
    for name in ["a", "b"] {
      try workshop.compile(
        """
        #define ID "org.example.\(name)"
        #define STRATEGY "org.example.s\(name)"
        #include "espalier_plugin.h"
        static const esp_host *kept;
        static void stop(void) { esp_str s = {"bye", 3}; kept->log(kept, 1, s); }
        #define SHUTDOWN stop
        #define ENTRY
        #include "plugin.h"
        const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { kept = h; return &plugin; }
        """,
        to: name + ".so"
      )
      try workshop.describe(
        "org.example." + name,
        library: name + ".so",
        strategies: ["org.example.s" + name]
      )
    }
    let registry = workshop.registry()
    _ = try registry.description(of: "org.example.sb")
    _ = try registry.description(of: "org.example.sa")
    registry.shutDown()
    #expect(workshop.log.all == ["info org.example.a: bye", "info org.example.b: bye"])
  }

  @Test func `leaves out what is disabled, and all but built-ins in safe mode`() throws {
    try workshop.plugin()
    let disabled = workshop.registry { $0.disabled = ["org.*"] }
    #expect(disabled.strategyIDs.isEmpty)
    #expect(disabled.listing().map(\.verdict) == [.disabled(pattern: "org.*")])
    #expect(workshop.registry { $0.isSafeMode = true }.listing().map(\.verdict) == [.safeMode])
    let error = #expect(throws: PluginHostError.self) {
      try disabled.pruner(named: "org.example.strategy")
    }
    #expect("\(try #require(error))".contains("disabled by ESPALIER_PLUGINS_DISABLE (org.*)"))
  }

  @Test func `names the nearest of an unknown strategy`() throws {
    try workshop.plugin()
    let error = #expect(throws: PluginHostError.self) {
      try workshop.registry().pruner(named: "org.example.strategi")
    }
    #expect("\(try #require(error))".contains("did you mean \"org.example.strategy\"?"))
  }
}
