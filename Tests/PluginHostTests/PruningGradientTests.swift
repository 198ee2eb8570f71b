import PluginHost
import PluginKit
import Testing

/// Gradients through the C boundary: by the table, and by the bindings of plain functions.
@Suite(.requiresCompiler)
struct PruningGradientTests {
  private let workshop: Workshop
  private let model = SmallModel([("first", 3), ("second", 2)], images: 2)

  init() throws { workshop = try Workshop() }

  /// A score whose body is given in C.
  private func scorer(_ body: String) throws -> any ChannelScorer {
    try workshop.plugin(
      """
      #include "espalier_plugin.h"
      static const esp_host *kept;
      static esp_status score_(void *s, esp_call *c, const esp_pruning_host *p, uint32_t g, double *out, uint64_t n) { \(body) }
      #define SCORE score_
      #define ENTRY
      #include "plugin.h"
      const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { kept = h; return &plugin; }
      """
    )
    return try workshop.registry().scorer(named: "org.example.strategy")
  }

  @Test func `a C plugin reads the gradient of a weight`() throws {
    let scorer = try scorer(
      """
      esp_tensor_view v = {sizeof v};
      esp_status e = p->gradient(c, g, 0, &v);
      if (e) return e;
      if (v.ndim != 4 || v.shape[0] != n || !(v.flags & ESP_VIEW_READ_ONLY)) return ESP_E_INTERNAL;
      for (uint64_t k = 0; k < n; ++k) out[k] = ((float *)v.data)[k * 4];
      return 0;
      """
    )
    // Filter c holds c + 1, odd ones its negative.
    #expect(try scorer.score(model.groups[0], of: model) == [-0.5, 1, -1.5])
  }

  @Test func `a C plugin reads the derivatives by a mask, a row an image`() throws {
    let scorer = try scorer(
      """
      uint64_t images = 0;
      double rows[6];
      esp_status e = p->samples(c, &images);
      if (e) return e;
      if (images != 2 || n * images > 6) return ESP_E_INTERNAL;
      if (p->mask_gradients(c, g, rows, n * images + 1) != ESP_E_INVALID_ARGUMENT) return ESP_E_INTERNAL;
      e = p->mask_gradients(c, g, rows, n * images);
      if (e) return e;
      for (uint64_t k = 0; k < n; ++k) out[k] = rows[k] + 1000 * rows[n + k];
      return 0;
      """
    )
    #expect(try scorer.score(model.groups[0], of: model) == [100_000, 101_001, 102_002])
    #expect(try scorer.score(model.groups[1], of: model) == [100_000, 101_001])
  }

  @Test func `a Swift strategy reads both by its context`() throws {
    // The kit's own side of the table, as plugins in Swift have it.
    let registry = BuiltIns.registry()
    try #require(BuiltIns.has("Criteria"), "run make build")
    let fisher = try registry.scorer(named: "group_fisher", settings: ["per": .string("none")])
    // Half of 1² + 101² and of 2² + 102².
    #expect(try fisher.score(model.groups[0], of: model) == [5000, 5101, 5204])
    let taylor = try registry.scorer(named: "taylor")
    // Four times (½w²)².
    #expect(try taylor.score(model.groups[0], of: model) == [1, 16, 81])
  }

  @Test(arguments: ["gradient", "samples"])
  func `a run without images says why, in the host's words behind the plugin's`(
    function: String
  ) throws {
    let silent = SmallModel([("first", 3)])
    let call =
      function == "gradient"
      ? "esp_tensor_view v = {sizeof v}; e = p->gradient(c, g, 0, &v);"
      : "uint64_t images; e = p->samples(c, &images);"
    let scorer = try scorer(
      "esp_status e; \(call) return e ? kept->fail(kept, c, e, (esp_str){\"no luck\", 7}) : 0;"
    )
    let error = try #require(throws: PluginError.self) {
      try scorer.score(silent.groups[0], of: silent)
    }
    #expect(error.code == .unimplemented)
    #expect(error.message == "no luck: this run shows no images")
  }

  @Test(arguments: [
    (
      "score_channel", #"{"type": "i64", "bind": "weight.numel"}"#,
      #"{"type": "f64", "meaning": "score"}"#
    ),
    (
      "score",
      #"{"type": "f64*", "bind": "scores.data", "access": "write"}, {"type": "i64", "bind": "channels"}"#,
      #"{"type": "void"}"#
    ),
  ])
  func `a plain function gets weight and gradient laid out alike`(
    role: String,
    arguments: String,
    returns: String
  ) throws {
    try workshop.compile(
      role == "score"
        ? """
        #include <stdint.h>
        void f(const float *w, const float *g, double *out, int64_t n) {
          for (int64_t c = 0; c < n; ++c) { out[c] = 0; for (int k = 0; k < 4; ++k) out[c] += w[c * 4 + k] * g[c * 4 + k]; }
        }
        """
        : """
        #include <stdint.h>
        double f(const float *w, const float *g, int64_t n) { double s = 0; for (int64_t k = 0; k < n; ++k) s += w[k] * g[k]; return s; }
        """
    )
    try workshop.write(
      FunctionManifest.manifest(
        """
        {"symbol": "f", "interface": "esp.pruner/1", "role": "\(role)",
         "args": [{"type": "f32*", "bind": "weight.data", "access": "read"},
                  {"type": "f32*", "bind": "gradient.data", "access": "read"}, \(arguments)],
         "returns": \(returns)}
        """,
        sha256: try workshop.hash(of: "plugin.so")
      ),
      to: "f.manifest.json"
    )
    let scorer = try workshop.registry { $0.allowsUnvalidated = true }
      .scorer(named: "org.example.function")
    // Four times -½w².
    #expect(try scorer.score(model.groups[0], of: model) == [-2, -8, -18])
    let silent = SmallModel([("first", 3)])
    #expect(throws: PluginError.self) { try scorer.score(silent.groups[0], of: silent) }
  }
}
