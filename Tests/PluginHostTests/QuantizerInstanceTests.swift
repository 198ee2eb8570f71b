import PluginHost
import PluginKit
import Testing

/// Quantizers in plain C: what they are told, and what is taken of what they say.
@Suite(.requiresCompiler)
struct QuantizerInstanceTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// A quantizer whose two bodies are given in C.
  private func quantizer(plan: String = "return 0;", ranges: String) throws -> PluginQuantizer {
    try workshop.compile(
      """
      #include "espalier_quantizer.h"
      #include <math.h>
      static const esp_host *host;
      static esp_status plan(void *self, esp_call *c, const esp_quantizing_host *q) { \(plan) }
      static esp_status ranges(void *self, esp_call *c, const esp_quantizing_host *q, uint32_t index, esp_range *out,
                               uint64_t n) { \(ranges) }
      static esp_status create(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *p, uint32_t n,
                               void **self) { static char me; *self = &me; return 0; }
      static void destroy(void *s) {}
      #define S(text) {text, sizeof(text) - 1}
      static const esp_quantizer_v1 table = {sizeof table, 0, plan, ranges};
      static const esp_strategy strategy = {sizeof strategy, 0, S("org.example.strategy"), S(ESP_QUANTIZER_V1), S("Q"),
                                            S("A fixture."), S("1.0.0"), 1, 0, 0, 0, 0, create, destroy, &table};
      static const esp_strategy *const strategies[] = {&strategy};
      static const esp_plugin plugin = {sizeof plugin, 1, {sizeof(esp_version), 1, 1, 1}, S("org.example.plugin"),
                                        S("1.0.0"), S("Fixtures"), strategies, 0};
      ESP_EXPORT const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { host = h; return &plugin; }
      """
    )
    try workshop.write(
      """
      {"manifest": 1, "id": "org.example.plugin", "version": "1.0.0", "library": "plugin.so",
       "sha256": "\(workshop.hash(of: "plugin.so"))", "abi": "esp/1",
       "strategies": [{"id": "org.example.strategy", "interface": "esp.quantizer/1"}]}
      """,
      to: "org.example.plugin.manifest.json"
    )
    return try workshop.registry().quantizer(named: "org.example.strategy")
  }

  @Test func `sees tensors, weights and histograms as the host has them`() throws {
    let quantizer = try quantizer(
      ranges: """
        esp_quantized t = {sizeof t};
        if (q->tensor(c, index, &t) || t.ranges != (int64_t)n) return 13;
        if (t.kind == ESP_Q_WEIGHT) {
          esp_tensor_view w = {sizeof w};
          if (q->weight(c, index, &w) || w.ndim != 2 || t.axis != 0 || !t.is_signed) return 13;
          const float *v = w.data;
          for (uint64_t k = 0; k < n; ++k) { out[k].low = v[2 * k + 1]; out[k].high = v[2 * k]; }
          return 0;
        }
        esp_seen s = {sizeof s};
        if (q->seen(c, index, &s)) return 13;
        /* 0.75 lies in bin 6144 of a range of 1, -0.25 in bin 2048. */
        if (s.zeros != 2 || s.exponent != 0 || s.positive[6144] != 1 || s.negative[2048] != 1) return 13;
        out->low = s.low; out->high = s.high * q->seed;
        return 0;
        """
    )
    let subject = SmallTensors()
    #expect(
      try quantizer.ranges(of: subject.tensors[0], in: subject)
        == [QuantizationRange(low: -0.25, high: 5.25)]
    )
    #expect(
      try quantizer.ranges(of: subject.tensors[1], in: subject)
        == [
          QuantizationRange(low: -2, high: 1), QuantizationRange(low: -4, high: 3),
          QuantizationRange(low: -6, high: 5),
        ]
    )
  }

  @Test func `a plan crosses whole`() throws {
    let quantizer = try quantizer(
      plan: """
        esp_status s = q->leave_float(c, 1);
        if (!s) s = q->ask(c, ESP_Q_CORRECT_BIAS);
        if (!s) s = q->train(c, ESP_Q_TRAIN_MOVING_AVERAGE, 0.5);
        return s;
        """,
      ranges: "return 0;"
    )
    #expect(
      try quantizer.plan(for: SmallTensors())
        == QuantizationPlan(
          leftFloat: [1],
          correctsBiases: true,
          training: .movingAverage(rate: 0.5)
        )
    )
  }

  @Test func `the numbers of a plan cross, and those of none are the host's own`() throws {
    let quantizer = try quantizer(
      plan: """
        esp_status s = q->set(c, ESP_Q_TUNING_IMAGES, 7);
        if (!s) s = q->set(c, ESP_Q_TRY_CHOICES, 2);
        if (!s) s = q->set(c, ESP_Q_METRIC_DROP, 0.01);
        if (!s) s = q->set(c, ESP_Q_LEAST_DECIBELS, 20);
        if (!s) s = q->set(c, ESP_Q_MOST_FLOAT, 3);
        if (!s) s = q->ask(c, ESP_Q_EQUALIZE | ESP_Q_LEARN_ROUNDING);
        return s;
        """,
      ranges: "return 0;"
    )
    #expect(
      try quantizer.plan(for: SmallTensors())
        == QuantizationPlan(
          equalizes: true,
          learnsRounding: true,
          tuningImages: 7,
          goal: .init(metricDrop: 0.01, leastDecibels: 20, mostFloat: 3),
          tried: 2
        )
    )
  }

  @Test(arguments: [
    "return q->set(c, ESP_Q_TUNING_IMAGES, 0);", "return q->set(c, ESP_Q_METRIC_DROP, 1.5);",
    "return q->set(c, ESP_Q_ROUNDING_ITERATIONS, NAN);", "return q->set(c, 77, 1);",
    "return q->leave_float(c, 2);", "return q->ask(c, 1 << 20);", "return q->train(c, 99, 0);",
    "q->train(c, ESP_Q_TRAIN_MOVING_AVERAGE, 2); return 0;",
  ])
  func `a plan that means nothing is refused, even where its status is overlooked`(
    body: String
  )
    throws
  {
    let quantizer = try quantizer(plan: body, ranges: "return 0;")
    let error = try #require(throws: PluginError.self) { try quantizer.plan(for: SmallTensors()) }
    #expect(error.origin == PluginError.Origin(plugin: "org.example.plugin", function: "plan"))
  }

  @Test(arguments: [
    "out->low = NAN; out->high = 1; return 0;", "out->low = 2; out->high = 1; return 0;",
    "out->low = 0; out->high = INFINITY; return 0;", "return 0;",
    "out->low = -1e300; out->high = 1e300; return 0;", "out->low = -1e39; out->high = 0; return 0;",
    "out->low = -3e38; out->high = 3e38; return 0;",
    "out->low = -1e-320; out->high = 1e-320; return 0;",
    "out->low = 0; out->high = 1e-50; return 0;", "out->low = -INFINITY; out->high = -1; return 0;",
  ])
  func `a range that is none is refused with the tensor's name`(body: String) throws {
    let quantizer = try quantizer(ranges: body)
    let subject = SmallTensors()
    let error = try #require(throws: PluginError.self) {
      try quantizer.ranges(of: subject.tensors[0], in: subject)
    }
    #expect(error.code == .numeric)
    #expect(error.origin?.layer == "x")
  }

  @Test(arguments: [
    (0.0, 0.0), (5, 6), (-6, -5), (0, 1.5e-45), (-1e-40, 1e-40), (-1e38, 1e38), (0, 3.4e38),
  ])
  func `19: what a range makes is a scale above 0 and a zero point in range`(
    low: Double,
    high: Double
  ) throws {
    let quantizer = try quantizer(
      ranges:
        "for (uint64_t k = 0; k < n; ++k) { out[k].low = \(low); out[k].high = \(high); } return 0;"
    )
    let subject = SmallTensors()
    for tensor in subject.tensors {
      for range in try quantizer.ranges(of: tensor, in: subject) {
        let found = tensor.encoding.parameters(covering: range)
        #expect(found.scale.isFinite && found.scale > 0, "\(found)")
        #expect(tensor.encoding.levels.contains(found.zero), "\(found)")
        for level in [tensor.encoding.levels.lowerBound, tensor.encoding.levels.upperBound] {
          #expect(found.value(level).isFinite, "\(found)")
        }
      }
    }
  }

  @Test func `19: one range of many that is not written is named by its place`() throws {
    let quantizer = try quantizer(
      ranges: "for (uint64_t k = 0; k < n - 1; ++k) { out[k].low = -1; out[k].high = 1; } return 0;"
    )
    let subject = SmallTensors()
    let error = try #require(throws: PluginError.self) {
      try quantizer.ranges(of: subject.tensors[1], in: subject)
    }
    #expect(error.message.hasPrefix("range 2 goes from nan to nan"), "\(error)")
    #expect((error.cause as? PluginFault)?.code == .notANumber)
    #expect(error.origin == .init(plugin: "org.example.plugin", function: "ranges", layer: "conv"))
  }

  @Test func `a call of a quantizer that is kept meets refusals`() throws {
    let quantizer = try quantizer(
      ranges: """
        static esp_call *old; static int turn;
        out->low = -1; out->high = 1;
        if (index == 0 && turn++ == 0) { old = c; return 0; }
        esp_quantized t = {sizeof t};
        if (old && old != c) { for (int k = 0; k < 100; ++k) q->tensor(old, 0, &t); }
        return 0;
        """
    )
    // The instance's record serves each of its calls, so an old address is that of the call that lasts.
    let subject = SmallTensors()
    for _ in 0..<3 { _ = try quantizer.ranges(of: subject.tensors[0], in: subject) }
  }

  @Test func `a pruner is no quantizer`() throws {
    try workshop.plugin()
    let error = try #require(throws: PluginHostError.self) {
      try workshop.registry().quantizer(named: "org.example.strategy")
    }
    #expect("\(error)".contains("esp.pruner/1"))
  }
}
