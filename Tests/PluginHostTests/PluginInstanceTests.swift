import PluginHost
import PluginKit
import Testing

/// What comes back from calls into a plugin: the cases 15 and 19 of the conformance list.
@Suite(.requiresCompiler)
struct PluginInstanceTests {
  private let workshop: Workshop
  private let model = SmallModel([("first", 8), ("second", 6)])

  init() throws { workshop = try Workshop() }

  /// The error of a plan whose body is given in C.
  private func planError(
    _ body: String,
    cxx: Bool = false,
    flags: [String] = []
  ) throws -> PluginError {
    let linkage = cxx ? "extern \"C\"" : ""
    try workshop.plugin(
      """
      #include "espalier_plugin.h"
      #include <math.h>
      \(cxx ? "#include <stdexcept>" : "")
      static const esp_host *kept;
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) { \(body) }
      #define PLAN plan_
      #define ENTRY
      #include "plugin.h"
      \(linkage) const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { kept = h; return &plugin; }
      """,
      cxx: cxx,
      flags: flags
    )
    let pruner = try workshop.registry().pruner(named: "org.example.strategy")
    let error = try #require(throws: PluginError.self) { try pruner.plan(for: model) }
    #expect(error.origin == PluginError.Origin(plugin: "org.example.plugin", function: "plan"))
    return error
  }

  @Test(arguments: [[], ["-static-libstdc++", "-static-libgcc"]])
  func `15: turns a C++ exception into an error`(flags: [String]) throws {
    let error = try planError(
      "throw std::runtime_error(\"out of ideas\");",
      cxx: true,
      flags: flags
    )
    #expect(error.code == .internalError)
    #expect(error.message == "it threw: out of ideas")
  }

  @Test func `15: turns an exception of any type into an error`() throws {
    let error = try planError("throw 7;", cxx: true)
    #expect(error.message == "it threw: an exception that is not a std::exception")
  }

  @Test func `15: says so where a status has no text`() throws {
    let error = try planError("return 17;")
    #expect(error.code == .numeric)
    #expect(error.message == "it returned 17 (numeric error) without a message")
  }

  @Test func `keeps the text of a failure`() throws {
    let error = try planError("esp_str t = {\"too flat\", 8}; return kept->fail(kept, c, 3, t);")
    #expect(error.code == .invalidArgument)
    #expect(error.message == "too flat")
  }

  @Test func `15: repairs text that is not UTF-8`() throws {
    let error = try planError("esp_str t = {\"a\\xff\\xfe\", 3}; return kept->fail(kept, c, 3, t);")
    #expect(error.message == "a\u{FFFD}\u{FFFD}")
  }

  @Test func `15: cuts a text of ten megabytes`() throws {
    let error = try planError(
      """
      static char big[10000000]; memset(big, 'x', sizeof big);
      esp_str t = {big, sizeof big}; return kept->fail(kept, c, 3, t);
      """.replacing("memset", with: "__builtin_memset")
    )
    #expect(error.message.utf8.count < 70_000)
    #expect(error.message.hasSuffix("(10000000 bytes)"))
  }

  @Test(arguments: [
    ("p->set_ratio(c, 0, NAN)", "outside [0, 1)"),
    ("p->set_ratio(c, 0, 1.0)", "the ratio 1.0 of group \"first\" is outside [0, 1)"),
    ("p->set_ratio(c, 0, -0.1)", "outside [0, 1)"),
    ("p->set_ratio(c, 9, 0.5)", "group 9 of 2 does not exist"),
    ("p->set_ratio(c, 1, 0.5); p->set_ratio(c, 1, 0.5)", "group \"second\" is set twice"),
    (
      "int64_t k[] = {1, 1}; p->set_channels(c, 0, k, 2)",
      "channel 1 of group \"first\" is given twice"
    ),
    (
      "int64_t k[] = {8}; p->set_channels(c, 0, k, 1)",
      "channel 8 of group \"first\" does not exist"
    ),
    ("int64_t k[] = {-1}; p->set_channels(c, 0, k, 1)", "channel -1 of group \"first\""),
    ("int64_t k[6] = {0,1,2,3,4,5}; p->set_channels(c, 1, k, 6)", "all 6 channels"),
    ("p->set_channels(c, 0, 0, 4000000000000)", "4000000000000 channels are listed"),
  ])
  func `catches a wrong plan even where its author overlooks the status`(
    body: String,
    message: String
  ) throws {
    let error = try planError(body + "; return 0;")
    #expect(error.message.contains(message), "\(error.message)")
  }

  private func scorer(_ body: String) throws -> any ChannelScorer {
    try workshop.plugin(
      """
      #include "espalier_plugin.h"
      #include <math.h>
      static esp_status score_(void *s, esp_call *c, const esp_pruning_host *p, uint32_t g, double *out, uint64_t n) { \(body) return 0; }
      #define SCORE score_
      #define PLAN 0
      """
    )
    return try workshop.registry().scorer(named: "org.example.strategy")
  }

  @Test(arguments: [("NAN", "NaN, or was not written"), ("INFINITY", "inf")])
  func `19: names the layer of a score that is not finite`(value: String, text: String) throws {
    let scorer = try scorer("for (uint64_t k = 0; k < n; ++k) out[k] = k == 2 ? \(value) : k;")
    let error = try #require(throws: PluginError.self) {
      try scorer.score(model.groups[1], of: model)
    }
    #expect(error.code == .numeric)
    #expect(error.message == "the score of channel 2 is \(text)")
    #expect(
      error.origin
        == PluginError.Origin(plugin: "org.example.plugin", function: "score", layer: "second")
    )
  }

  @Test func `19: treats scores that were not written as not finite`() throws {
    let scorer = try scorer("")
    #expect(throws: PluginError.self) { try scorer.score(model.groups[0], of: model) }
  }

  @Test func `19: warns of scores that are all equal`() throws {
    let scorer = try scorer("for (uint64_t k = 0; k < n; ++k) out[k] = 1;")
    #expect(try scorer.score(model.groups[0], of: model) == [Double](repeating: 1, count: 8))
    #expect(workshop.log.all.contains { $0.contains("all scores of \"first\" are 1.0") })
  }

  @Test func `lends weights, groups and members, and takes a plan as channels`() throws {
    try workshop.plugin(
      """
      #include "espalier_plugin.h"
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
        for (uint32_t g = 0; g < p->n_groups; ++g) {
          esp_group group = {sizeof group};
          esp_member member = {sizeof member};
          esp_tensor_view view = {sizeof view};
          if (p->group(c, g, &group) || p->member(c, g, 0, &member) || p->weight(c, g, 0, &view)) return 13;
          if (group.name.len != member.name.len || view.shape[0] != group.channels || view.dtype_bits != 32) return 3;
          if (view.strides[3] != 1 || view.strides[0] != 4 || !(view.flags & ESP_VIEW_READ_ONLY)) return 4;
          const float *w = view.data;
          int64_t cut[8]; uint64_t n = 0;
          for (int64_t k = 0; k < group.channels; ++k) if (w[k * 4] < 0) cut[n++] = k;
          if (p->set_channels(c, g, cut, n)) return 5;
          double l1[8];
          if (p->importance(c, g, l1, group.channels) || l1[1] != 8) return 6;
        }
        esp_cut cut = {1, ESP_CUT_RATIO, 0.5};
        esp_plan plans[2] = {{&cut, 1}, {0, 0}};
        esp_cost costs[2];
        if (p->cost(c, plans, 2, costs) || costs[0].macs != 990 || costs[1].macs != 1000) return 7;
        double metric[2];
        if (p->evaluate(c, plans, 2, metric) != ESP_E_UNIMPLEMENTED) return 8;
        const uint8_t *bytes; uint64_t n;
        if (p->model(c, &bytes, &n) || n != 3 || bytes[2] != 3 || p->seed != 7) return 9;
        return 0;
      }
      #define PLAN plan_
      """
    )
    let pruner = try workshop.registry().pruner(named: "org.example.strategy")
    #expect(
      try pruner.plan(for: model).cuts
        == ["first": .channels([1, 3, 5, 7]), "second": .channels([1, 3, 5])]
    )
    #expect(model.costed == [PruningPlan(cuts: ["second": .ratio(0.5)]), PruningPlan()])
  }

  @Test func `offers scratch memory and keeps copies beyond the call`() throws {
    let error = try planError(
      """
      static const int64_t shape[2] = {3, 5};
      esp_tensor_view like = {sizeof like}, got = {sizeof got}, view = {sizeof view};
      like.device_type = ESP_DEVICE_CPU; like.ndim = 2; like.shape = shape;
      like.dtype_code = ESP_DTYPE_FLOAT; like.dtype_bits = 64; like.dtype_lanes = 1;
      if (kept->temp(c, &like, &got) || got.strides[0] != 5 || ((double *)got.data)[14] != 0) return 3;
      ((double *)got.data)[14] = 2;
      p->weight(c, 0, 0, &view);
      struct { uint32_t major, minor; void *ctx; void (*deleter)(void *); uint64_t flags; float *data; } *managed;
      if (kept->retain_dlpack(c, &view, (void **)&managed)) return 4;
      if (managed->major != 1 || managed->data[4] != -2 || managed->data == view.data) return 5;
      managed->deleter(managed);
      like.device_type = ESP_DEVICE_CUDA;
      return kept->temp(c, &like, &got);
      """
    )
    #expect(error.code == .unimplemented)
    #expect(error.message == "scratch memory is offered on the CPU only")
  }

  @Test func `a call knows nothing of the one before`() throws {
    try workshop.plugin(
      """
      #include "espalier_plugin.h"
      static int calls;
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
        if (++calls == 1) { p->set_ratio(c, 0, 0.5); return p->set_ratio(c, 1, 7); }
        if (calls == 2) return 17;
        return calls == 3 ? p->set_ratio(c, 1, 0.25) : 0;
      }
      #define PLAN plan_
      """
    )
    let pruner = try workshop.registry().pruner(named: "org.example.strategy")
    let first = #expect(throws: PluginError.self) { try pruner.plan(for: model) }
    #expect(try #require(first).message.contains("the ratio 7.0"))
    let second = #expect(throws: PluginError.self) { try pruner.plan(for: model) }
    #expect(try #require(second).message == "it returned 17 (numeric error) without a message")
    #expect(try pruner.plan(for: model) == PruningPlan(cuts: ["second": .ratio(0.25)]))
    #expect(try pruner.plan(for: model) == PruningPlan())
  }

  @Test func `tells a strategy that only scores from one that plans`() throws {
    _ = try scorer("for (uint64_t k = 0; k < n; ++k) out[k] = k;")
    let error = #expect(throws: PluginHostError.self) {
      try workshop.registry().pruner(named: "org.example.strategy")
    }
    #expect(
      "\(try #require(error))".contains("--strategy uniform --set score=org.example.strategy")
    )
  }
}
