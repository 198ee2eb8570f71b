import PluginHost
import PluginKit
import Testing

/// Host functions that are called where they do not belong.
@Suite(.requiresCompiler)
struct CallMisuseTests {
  private let workshop: Workshop
  private let model = SmallModel([("first", 8), ("second", 6)])

  init() throws { workshop = try Workshop() }

  private static let prologue = """
    #include "espalier_plugin.h"
    #include <pthread.h>
    #include <stdio.h>
    #include <string.h>
    static const esp_host *kept; static const esp_pruning_host *table; static esp_call *call;
    static char said[256];
    """

  private func pruner(
    _ prologue: String,
    plan: String,
    score: String = "return 0;"
  ) throws
    -> PluginPruner
  {
    try workshop.plugin(
      """
      \(Self.prologue)
      \(prologue)
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) { call = c; table = p; \(plan) }
      #define PLAN plan_
      static esp_status score_(void *s, esp_call *c, const esp_pruning_host *p, uint32_t g, double *out, uint64_t n) {
        for (uint64_t k = 0; k < n; ++k) out[k] = k;
        \(score)
      }
      #define SCORE score_
      #define ENTRY
      #include "plugin.h"
      const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { kept = h; return &plugin; }
      """
    )
    return try workshop.registry().pruner(named: "org.example.strategy")
  }

  @Test(arguments: [
    ("set_ratio", "table->set_ratio(call, 1, 0.5);"),
    ("set_channels", "int64_t k = 0; table->set_channels(call, 1, &k, 1);"),
    ("group", "esp_group g = {sizeof g}; table->group(call, 0, &g);"),
    ("member", "esp_member m = {sizeof m}; table->member(call, 0, 0, &m);"),
    ("weight", "esp_tensor_view v = {sizeof v}; table->weight(call, 0, 0, &v);"),
    ("importance", "double l1[8]; table->importance(call, 0, l1, 8);"),
    (
      "temp",
      "esp_tensor_view v = {sizeof v}; v.device_type = 1; v.dtype_bits = 32; v.dtype_lanes = 1; kept->temp(call, &v, &v);"
    ),
    (
      "retain_dlpack", "esp_tensor_view v = {sizeof v}; void *m; kept->retain_dlpack(call, &v, &m);"
    ),
  ])
  func `a function of the call's thread refuses another, though the plugin overlooks it`(
    function: String,
    body: String
  ) throws {
    let pruner = try pruner(
      "static void *other(void *x) { for (int k = 0; k < 2000; ++k) { \(body) } return 0; }",
      plan: """
        pthread_t t[3];
        for (int k = 0; k < 3; ++k) pthread_create(&t[k], 0, other, 0);
        for (int k = 0; k < 3; ++k) pthread_join(t[k], 0);
        return p->set_ratio(c, 0, 0.5);
        """
    )
    let error = try #require(throws: PluginError.self) { try pruner.plan(for: model) }
    #expect((error.cause as? PluginFault)?.code == .otherThread)
    #expect(error.origin == .init(plugin: "org.example.plugin", function: "plan"))
    #expect(error.message.contains("\"\(function)\" from another thread"), "\(error)")
  }

  @Test func `log, fail and should_stop work from any thread, many at once`() throws {
    let pruner = try pruner(
      """
      static void *other(void *x) {
        for (int k = 0; k < 500; ++k) {
          if (kept->should_stop(call)) return (void *)1;
          esp_str text = {"too thin", 8};
          kept->log(kept, 0, text);
          kept->fail(kept, call, 3, text);
        }
        return 0;
      }
      """,
      plan: """
        pthread_t t[4]; void *wrong = 0;
        for (int k = 0; k < 4; ++k) pthread_create(&t[k], 0, other, 0);
        for (int k = 0; k < 4; ++k) { void *r; pthread_join(t[k], &r); if (r) wrong = r; }
        return wrong ? 5 : 3;
        """
    )
    let error = try #require(throws: PluginError.self) { try pruner.plan(for: model) }
    #expect(error.code == .invalidArgument)
    #expect(error.message == "too thin")
    #expect(workshop.log.all.count { $0.contains("too thin") } == 2000)
  }

  @Test func `a call that has ended refuses what is asked of it, in a later one`() throws {
    try workshop.plugin(
      """
      \(Self.prologue)
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
        call = c; table = p;
        return p->set_ratio(c, 0, 0.5);
      }
      static esp_status create_(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *v, uint32_t n, void **self) {
        static char self_;
        *self = &self_;
        if (!call) return 0;
        esp_group group = {sizeof group};
        esp_tensor_view view = {sizeof view};
        int64_t k = 0; double l1[8];
        esp_str text = {"late", 4};
        snprintf(said, sizeof said, "%d %d %d %d %d %d %d", table->set_ratio(call, 1, 0.5), table->set_channels(call, 0, &k, 1),
                 table->group(call, 0, &group), table->weight(call, 0, 0, &view), table->importance(call, 0, l1, 8),
                 h->temp(call, &view, &view), h->should_stop(call));
        h->fail(h, call, 3, text);
        esp_str t = {said, strlen(said)};
        h->log(h, 2, t);
        return 0;
      }
      #define PLAN plan_
      #define CREATE create_
      """
    )
    let registry = workshop.registry()
    let pruner = try registry.pruner(named: "org.example.strategy")
    let plan = PruningPlan(cuts: ["first": .ratio(0.5)])
    #expect(try pruner.plan(for: model) == plan)
    let error = try #require(throws: PluginHostError.self) {
      try registry.pruner(named: "org.example.strategy")
    }
    #expect(workshop.log.all.contains { $0.contains("3 3 3 3 3 3 1") }, "\(workshop.log.all)")
    // The functions answer in the order of a compiler's choice.
    #expect("\(error)".contains("for a call that has ended (ESP-P807"), "\(error)")
    #expect(error.fault?.origin?.function == "create")
    #expect(try pruner.plan(for: model) == plan)
  }

  @Test func `a call that is kept beyond its instance is refused, never followed`() throws {
    try workshop.plugin(
      """
      \(Self.prologue)
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
        if (!call) { call = c; table = p; return 0; }
        esp_group g = {sizeof g};
        for (int k = 0; k < 1000; ++k) table->group(call, 0, &g);
        return 0;
      }
      #define PLAN plan_
      """
    )
    let registry = workshop.registry()
    do { _ = try registry.pruner(named: "org.example.strategy").plan(for: model) }
    // The first instance is gone; two live ones have other records between them.
    let (second, third) = (
      try registry.pruner(named: "org.example.strategy"),
      try registry.pruner(named: "org.example.strategy")
    )
    // A record goes from call to call of its plugin, so one of the two may have it again.
    let outcomes = [second, third].map { pruner in
      Result { () throws(PluginError) in try pruner.plan(for: model) }
    }
    let errors = outcomes.compactMap { outcome -> PluginFault.Code? in
      guard case .failure(let error) = outcome else { return nil }
      return (error.cause as? PluginFault)?.code
    }
    #expect(errors == [.afterCall])
  }

  @Test func `a thread that outlives its call meets refusals`() throws {
    let pruner = try pruner(
      """
      #include <unistd.h>
      static pthread_t late; static int status = -1, stop = -1;
      static void *other(void *x) {
        usleep(50000);
        esp_group g = {sizeof g};
        stop = kept->should_stop(call);
        status = table->group(call, 0, &g);
        return 0;
      }
      """,
      plan: "pthread_create(&late, 0, other, 0); return 0;",
      score: """
        pthread_join(late, 0);
        snprintf(said, sizeof said, "late %d %d", status, stop);
        esp_str t = {said, strlen(said)};
        kept->log(kept, 2, t);
        return 0;
        """
    )
    _ = try pruner.plan(for: model)
    let scorer = try #require(pruner.scorer)
    _ = try? scorer.score(model.groups[0], of: model)
    #expect(workshop.log.all.contains { $0.contains("late 3") }, "\(workshop.log.all)")
  }

  @Test func `what belongs to a plan is refused while it scores`() throws {
    let pruner = try pruner(
      "",
      plan: "return p->set_ratio(c, 0, 0.5);",
      score: "p->set_ratio(c, 1, 0.9); return 0;"
    )
    let scorer = try #require(pruner.scorer)
    let error = try #require(throws: PluginError.self) {
      try scorer.score(model.groups[0], of: model)
    }
    #expect(error.message == "a plan is taken during \"plan\" only")
    #expect(error.origin?.layer == "first")
  }
}
