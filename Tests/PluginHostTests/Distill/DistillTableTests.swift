import PluginHost
import PluginKit
import Tensors
import Testing

/// A loss that a C plugin gives as a table: on memory, with a backward pass of its own.
@Suite(.requiresCompiler)
struct DistillTableTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// A whole plugin; macros change one thing each.
  private static let source = """
    #include "espalier_distill.h"
    #include <string.h>
    #include <stdlib.h>
    #define S(text) {text, sizeof(text) - 1}
    #ifndef FORWARD
    #define FORWARD forward
    #define BACKWARD backward
    #endif
    static const esp_host *host;
    static int alive;
    static int64_t count(const esp_tensor_view *v) {
      int64_t n = 1;
      for (int k = 0; k < v->ndim; ++k) n *= v->shape[k];
      return n;
    }
    static esp_status taps(void *self, esp_call *call, const esp_tap **out, uint32_t *n) {
      static const esp_tap both[] = {{ESP_TAP_FEATURES, 0, {0, 0}, {0, 0}}, {ESP_TAP_NAMED, 0, S("a/1"), S("b/2")}};
      *out = both;
      *n = 2;
      return ESP_OK;
    }
    static esp_status forward(void *self, esp_call *call, const esp_exec *exec, const esp_distill_host *at, const esp_tensor_view *s,
                              const esp_tensor_view *t, uint32_t n, const esp_tensor_view *loss, void **saved) {
      double sum = 0;
      if (exec->device_type != ESP_DEVICE_CPU || exec->seed != 7 || at->step != 3 || at->steps != 10 || at->n_pairs != n)
        return host->fail(host, call, ESP_E_INVALID_ARGUMENT, (esp_str)S("other surroundings"));
      esp_pair pair = {sizeof pair};
      if (at->pair(call, 1, &pair) || pair.student.len != 3 || memcmp(pair.student.ptr, "own", 3) || pair.stride != 16)
        return ESP_E_INTERNAL;
      esp_tensor_view boxes = {sizeof boxes};
      if (at->targets(call, &boxes) || boxes.shape[0] != 2 || ((float *)boxes.data)[7 + 2] != 0.75f) return ESP_E_INTERNAL;
      for (uint32_t k = 0; k < n; ++k) {
        const float *a = s[k].data, *b = t[k].data;
        if (!(s[k].flags & ESP_VIEW_READ_ONLY) || s[k].strides[s[k].ndim - 1] != 1) return ESP_E_INTERNAL;
        for (int64_t i = 0; i < count(&s[k]); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]) / count(&s[k]);
      }
      *(float *)loss->data = sum;
      const esp_tensor_view **kept = malloc(2 * n * sizeof *kept);
      esp_tensor_view *copies = malloc(2 * n * sizeof *copies);
      memcpy(copies, s, n * sizeof *s);
      memcpy(copies + n, t, n * sizeof *t);
      kept[0] = copies;
      *saved = kept;
      alive++;
      return ESP_OK;
    }
    static esp_status backward(void *self, esp_call *call, const esp_exec *exec, void *saved, const esp_tensor_view *up,
                               const esp_tensor_view *grads, uint32_t n) {
      esp_tensor_view *views = *(esp_tensor_view **)saved;
      for (uint32_t k = 0; k < n; ++k) {
        const float *a = views[k].data, *b = views[n + k].data;
        for (int64_t i = 0; i < count(&grads[k]); ++i)
          ((float *)grads[k].data)[i] = *(float *)up->data * 2 * (a[i] - b[i]) / count(&grads[k]);
      }
      return ESP_OK;
    }
    static void drop(void *self, void *saved) {
      free(*(esp_tensor_view **)saved);
      free(saved);
      alive--;
      char text[] = "dropped, 0 left";
      text[9] = '0' + alive;
      host->log(host, ESP_LOG_INFO, (esp_str){text, sizeof text - 1});
    }
    static esp_status create(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *p, uint32_t n, void **self) {
      *self = &alive;
      return ESP_OK;
    }
    static void destroy(void *self) {}
    static const esp_distill_v1 vtable = {sizeof vtable, 0, taps, FORWARD, BACKWARD, drop, 0};
    static const esp_strategy strategy = {sizeof strategy, 0, S("org.example.strategy"), S(ESP_DISTILL_V1), S("Strategy"), S("A fixture."),
                                          S("1.0.0"), ESP_DEVICE_MASK_CPU, 0, 0, 0, 0, create, destroy, &vtable};
    static const esp_strategy *const strategies[] = {&strategy};
    static const esp_plugin plugin = {sizeof plugin, 1, {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 1}, S("org.example.plugin"),
                                      S("1.0.0"), S("Fixtures"), strategies, 0};
    const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { host = h; return &plugin; }
    """

  private func build(_ change: String = "", interface: String = "esp.distill/1") throws {
    try workshop.compile(change + "\n" + Self.source)
    let hash = try workshop.hash(of: "plugin.so")
    try workshop.write(
      """
      {"manifest": 1, "id": "org.example.plugin", "version": "1.0.0", "library": "plugin.so", "sha256": "\(hash)",
       "abi": "esp/1", "strategies": [{"id": "org.example.strategy", "interface": "\(interface)"}]}
      """,
      to: "p.manifest.json"
    )
  }

  private func pairs(_ student: [Map], _ teacher: [Map]) throws -> [DistillPair] {
    try zip(student, teacher).map {
      DistillPair(
        student: try $0.tensor().setRequiresGradient(),
        teacher: try $1.tensor(),
        studentName: "own",
        teacherName: "other",
        stride: 16
      )
    }
  }

  @Test func `computes on views and gives its own gradient, once, and drops what it kept`() throws {
    try build()
    let loss = try workshop.registry().distillLoss(named: "org.example.strategy")
    #expect(try loss.taps == [.features, .named(student: "a/1", teacher: "b/2")])
    let (student, teacher) = (
      [Map([2, 3, 2, 2], seed: 1), Map([2, 2], seed: 2)],
      [Map([2, 3, 2, 2], seed: 3), Map([2, 2], seed: 4)]
    )
    let pairs = try pairs(student, teacher)
    do {
      let value = try loss.loss(of: pairs, in: StillMoment())
      let wanted = DistillReference.l2(student, teacher)
      #expect(abs(try value.detached().doubles()[0] - wanted) < 1e-5)
      try ATen.one("mul", "Scalar", value, 0.5).backward()
    }
    let gradients = DistillReference.gradients(of: DistillReference.l2, student, teacher)
    for (pair, wanted) in zip(pairs, gradients) {
      let found = try #require(try pair.student.gradient).doubles()
      for (a, b) in zip(found, wanted) { #expect(abs(a - 0.5 * b) < 1e-5) }
    }
    #expect(workshop.log.all.contains("info org.example.plugin: dropped, 0 left"))
    // A pass that is never gone back is dropped too.
    do { _ = try loss.loss(of: pairs, in: StillMoment()) }
    #expect(workshop.log.all.count { $0.contains("dropped, 0 left") } == 2)
  }

  @Test func `refuses a table with neither way of computing`() throws {
    try build("#define FORWARD 0\n#define BACKWARD backward")
    #expect(workshop.refusal()?.code == .strategyMalformed)
  }

  @Test func `refuses a forward without a backward`() throws {
    try build("#define FORWARD forward\n#define BACKWARD 0")
    #expect(workshop.refusal()?.code == .strategyMalformed)
  }

  @Test func `refuses a table of another interface than the manifest's`() throws {
    try build(interface: "esp.pruner/1")
    #expect(workshop.refusal()?.code == .tableIdentity)
  }
}
