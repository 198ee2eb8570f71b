import PluginHost
import PluginKit
import Tensors
import Testing

/// Losses and gradients that are no numbers: the case 19 of the conformance list.
@Suite(.requiresCompiler)
struct LossGateTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// A loss on memory whose two bodies are given in C; `count` tells the elements of a view.
  private func table(forward: String, backward: String) throws -> PluginDistillLoss {
    try workshop.compile(
      """
      #include "espalier_distill.h"
      #include <math.h>
      #define S(text) {text, sizeof(text) - 1}
      static char me;
      static int64_t count(const esp_tensor_view *v) { int64_t n = 1; for (int k = 0; k < v->ndim; ++k) n *= v->shape[k]; return n; }
      static esp_status forward(void *self, esp_call *c, const esp_exec *e, const esp_distill_host *at, const esp_tensor_view *s,
                                const esp_tensor_view *t, uint32_t n, const esp_tensor_view *loss, void **saved) {
        float *out = loss->data; \(forward) return 0;
      }
      static esp_status backward(void *self, esp_call *c, const esp_exec *e, void *saved, const esp_tensor_view *up,
                                 const esp_tensor_view *grads, uint32_t n) {
        for (uint32_t k = 0; k < n; ++k) { float *g = grads[k].data; int64_t m = count(&grads[k]); \(backward) }
        return 0;
      }
      static esp_status create(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *p, uint32_t n, void **self) {
        *self = &me; return 0;
      }
      static void destroy(void *self) {}
      static const esp_distill_v1 vtable = {sizeof vtable, 0, 0, forward, backward, 0, 0};
      static const esp_strategy strategy = {sizeof strategy, 0, S("org.example.strategy"), S(ESP_DISTILL_V1), S("X"), S("x"), S("1.0.0"),
                                            1, 0, 0, 0, 0, create, destroy, &vtable};
      static const esp_strategy *const strategies[] = {&strategy};
      static const esp_plugin plugin = {sizeof plugin, 1, {sizeof(esp_version), 1, 1, 0}, S("org.example.plugin"), S("1.0.0"), S("F"),
                                        strategies, 0};
      const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { return &plugin; }
      """,
      flags: ["-lm"]
    )
    try describe()
    return try workshop.registry().distillLoss(named: "org.example.strategy")
  }

  private func describe() throws {
    try workshop.write(
      """
      {"manifest": 1, "id": "org.example.plugin", "version": "1.0.0", "library": "plugin.so",
       "sha256": "\(workshop.hash(of: "plugin.so"))", "abi": "esp/1",
       "strategies": [{"id": "org.example.strategy", "interface": "esp.distill/1"}]}
      """,
      to: "p.manifest.json"
    )
  }

  private func pairs() throws -> [DistillPair] {
    try [[2, 3, 2, 2], [1, 5]].map { shape in
      DistillPair(
        student: try Map(shape, seed: 1).tensor().setRequiresGradient(),
        teacher: try Map(shape, seed: 2).tensor()
      )
    }
  }

  @Test(arguments: [
    ("", "the loss is NaN, or was not written"), ("*out = NAN;", "the loss is NaN"),
    ("*out = INFINITY;", "the loss is inf"),
  ])
  func `19: a loss that is no number is the plugin's, at once`(body: String, text: String) throws {
    let loss = try table(forward: body, backward: "")
    let error = try #require(throws: PluginError.self) {
      try loss.loss(of: try pairs(), in: StillMoment())
    }
    #expect(error.code == .numeric)
    #expect((error.cause as? PluginFault)?.code == .notANumber)
    #expect(error.message.hasPrefix(text), "\(error)")
    #expect(error.origin == .init(plugin: "org.example.plugin", function: "forward"))
  }

  @Test(arguments: [
    ("", "element 0 of the gradient is NaN, or was not written", "pair 0"),
    (
      "for (int64_t i = 0; i < m - 1; ++i) g[i] = 1;", "element 23 of the gradient is NaN", "pair 0"
    ),
    (
      "for (int64_t i = 0; i < m; ++i) g[i] = k == 1 && i == 3 ? INFINITY : 1;",
      "element 3 of the gradient is inf", "pair 1"
    ),
    (
      "for (int64_t i = 0; i < m; ++i) g[i] = i == 7 ? NAN : -1;",
      "element 7 of the gradient is NaN",
      "pair 0"
    ),
  ])
  func `19: a gradient that is no number is named with its first element`(
    body: String,
    text: String,
    layer: String
  ) throws {
    let loss = try table(forward: "*out = 1;", backward: body)
    let value = try loss.loss(of: try pairs(), in: StillMoment())
    let thrown = #expect(throws: TensorError.self) { try value.backward() }
    #expect("\(String(describing: thrown))".contains(text), "\(String(describing: thrown))")
    // Torch hands on the text alone; the error itself is kept for the trainer.
    let error = try #require(throws: PluginError.self) { try loss.settle() }
    #expect(error.message.hasPrefix(text), "\(error)")
    #expect(error.code == .numeric)
    #expect(
      error.origin == .init(plugin: "org.example.plugin", function: "backward", layer: layer)
    )
    #expect(throws: Never.self) { try loss.settle() }
  }

  @Test func `huge numbers are numbers`() throws {
    let loss = try table(
      forward: "*out = 3e38f;",
      backward: "for (int64_t i = 0; i < m; ++i) g[i] = i % 2 ? 3e38f : -3e38f;"
    )
    let pairs = try pairs()
    try loss.loss(of: pairs, in: StillMoment()).backward()
    #expect(throws: Never.self) { try loss.settle() }
    #expect(try pairs[1].student.gradient?.doubles()[1] == Double(Float(3e38)))
  }

  /// A plain C function as the loss.
  private func function(_ body: String, loss type: String) throws -> PluginDistillLoss {
    try workshop.compile(
      """
      #include <math.h>
      #include <stdint.h>
      void both(const float *s, const float *t, int64_t n, float *g, void *out) { \(body) }
      """,
      flags: ["-lm"]
    )
    try workshop.write(
      FunctionManifest.manifest(
        """
        {"symbol": "both", "interface": "esp.distill/1", "role": "forward",
         "args": [{"type": "f32*", "bind": "student.data", "access": "read"},
                  {"type": "f32*", "bind": "teacher.data", "access": "read"}, {"type": "i64", "bind": "student.numel"},
                  {"type": "f32*", "bind": "gradient.data", "access": "write"},
                  {"type": "\(type)*", "bind": "loss.data", "access": "write"}]}
        """,
        sha256: try workshop.hash(of: "plugin.so")
      ),
      to: "f.manifest.json"
    )
    return try workshop.registry { $0.allowsUnvalidated = true }
      .distillLoss(named: "org.example.function")
  }

  private static let fill = "for (int64_t k = 0; k < n; ++k) g[k] = 1;"

  @Test(arguments: [
    (fill, "f32", "the loss is NaN, or was not written"),
    (fill, "f64", "the loss is NaN, or was not written"),
    ("\(fill) *(float *)out = 1;", "f64", "the loss is NaN, or was not written"),
    ("\(fill) *(double *)out = -INFINITY;", "f64", "the loss is -inf"),
    ("*(float *)out = 1;", "f32", "element 0 of the gradient is NaN, or was not written"),
    (
      "for (int64_t k = 0; k < n / 2; ++k) g[k] = 1; *(float *)out = 1;", "f32",
      "element 12 of the gradient is NaN"
    ),
    (
      // Written as doubles: twice as much memory would be needed, half of it is nobody's.
      "for (int64_t k = 0; k < n; k += 2) *(int32_t *)&g[k] = 0x7fc00000; *(float *)out = 1;",
      "f32",
      "element 0 of the gradient is NaN"
    ),
  ])
  func `19: what a C function does not write is no loss and no gradient`(
    body: String,
    type: String,
    text: String
  ) throws {
    let loss = try function(body, loss: type)
    let error = try #require(throws: PluginError.self) {
      try loss.loss(of: try pairs(), in: StillMoment())
    }
    #expect(error.message.hasPrefix(text), "\(error)")
    #expect(
      error.origin == .init(plugin: "org.example.function", function: "both", layer: "pair 0")
    )
  }

  @Test func `19: a gradient that goes wrong in torch is the loss's, not the next step's`() throws {
    try workshop.compile(
      """
      #include "espalier_distill.h"
      #include "espalier_ops.h"
      #include <string.h>
      #define S(text) {text, sizeof(text) - 1}
      static const esp_host *host; static char me;
      static esp_tensor *one(const esp_ops_v1 *ops, esp_str name, esp_str overload, esp_tensor *x, int scaled) {
        char text[256];
        esp_error_text error = {text, sizeof text};
        const esp_operator *op;
        esp_operand in[2] = {{ESP_VALUE_TENSOR}, {ESP_VALUE_DOUBLE}}, out[1];
        uint64_t n = 0;
        in[0].tensor = x; in[1].number = 0;
        if (ops->find_operator(name, overload, &op, error) || ops->call(op, in, scaled ? 2 : 1, out, 1, &n, error)) return 0;
        return out[0].tensor;
      }
      /* The sum of the roots of 0 * student: 0, and its slope is 0 times infinity. */
      static esp_status forward(void *self, esp_call *c, const esp_exec *e, const esp_distill_host *at, esp_tensor *const *s,
                                esp_tensor *const *t, uint32_t n, esp_tensor **loss) {
        const esp_ops_v1 *ops = host->get_extension(host, (esp_str)S("esp.ops/1"));
        esp_tensor *zero = one(ops, (esp_str)S("mul"), (esp_str)S("Scalar"), s[1], 1);
        esp_tensor *root = one(ops, (esp_str)S("sqrt"), (esp_str){0, 0}, zero, 0);
        *loss = one(ops, (esp_str)S("sum"), (esp_str){0, 0}, root, 0);
        ops->release(zero); ops->release(root);
        return *loss ? 0 : 13;
      }
      static esp_status create(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *p, uint32_t n, void **self) {
        *self = &me; return 0;
      }
      static void destroy(void *self) {}
      static const esp_distill_v1 vtable = {sizeof vtable, 0, 0, 0, 0, 0, forward};
      static const esp_strategy strategy = {sizeof strategy, 0, S("org.example.strategy"), S(ESP_DISTILL_V1), S("X"), S("x"), S("1.0.0"),
                                            1, 0, 0, 0, 0, create, destroy, &vtable};
      static const esp_strategy *const strategies[] = {&strategy};
      static const esp_plugin plugin = {sizeof plugin, 1, {sizeof(esp_version), 1, 1, 0}, S("org.example.plugin"), S("1.0.0"), S("F"),
                                        strategies, 0};
      const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { host = h; return &plugin; }
      """
    )
    try describe()
    let loss = try workshop.registry().distillLoss(named: "org.example.strategy")
    let value = try loss.loss(of: try pairs(), in: StillMoment())
    #expect(try value.detached().doubles() == [0])
    let thrown = #expect(throws: TensorError.self) { try value.backward() }
    #expect("\(String(describing: thrown))".contains("element 0 of the gradient is NaN"))
    let error = try #require(throws: PluginError.self) { try loss.settle() }
    #expect(
      error.origin
        == .init(plugin: "org.example.plugin", function: "forward_ops", layer: "pair 1")
    )
  }
}
