import PluginHost
import Testing
import Validation

@Suite(.requiresCompiler, .requiresProgram)
struct MemoryCheckTests {
  /// A score with a fault in how it uses what it is lent, and the check that must see it.
  struct Misuse: Sendable, CustomTestStringConvertible {
    let name: String
    let body: String
    let check: String
    var testDescription: String { name }
  }

  static let misuses: [Misuse] = [
    .init(name: "writes past the scores", body: "out[n] = 1;", check: "memory.above"),
    .init(name: "writes before the scores", body: "out[-1] = 1;", check: "memory.below"),
    .init(name: "reads past a weight", body: "out[0] += w[count] * 0;", check: "memory.above"),
    .init(name: "reads before a weight", body: "out[0] += w[-1] * 0;", check: "memory.below"),
    .init(name: "writes into a weight", body: "w[0] = w[0];", check: "memory.above"),
    .init(
      name: "keeps a weight",
      body: "static volatile float *kept; if (kept) out[0] += *kept * 0; kept = w;",
      check: "memory.late"
    ),
  ]

  private func source(_ body: String) -> String {
    """
    #include "espalier_plugin.h"
    static esp_status score(void *self, esp_call *call, const esp_pruning_host *p, uint32_t group, double *out, uint64_t n) {
      esp_tensor_view v = {sizeof v};
      int status = p->weight(call, group, 0, &v);
      if (status) return status;
      volatile float *w = (volatile float *)v.data;
      uint64_t count = 1, rows;
      for (int k = 0; k < v.ndim; ++k) count *= v.shape[k];
      rows = count / v.shape[0];
      for (uint64_t k = 0; k < n; ++k) { out[k] = 0; for (uint64_t i = 0; i < rows; ++i) out[k] += w[k * rows % count + i] * w[k * rows % count + i]; }
      \(body)
      return 0;
    }
    #define SCORE score
    #define PLAN 0
    #define FLAGS ESP_S_DETERMINISTIC
    """
  }

  @Test(arguments: misuses)
  func `20: misuse of lent memory is seen`(_ misuse: Misuse) throws {
    let workshop = try Workshop()
    try workshop.plugin(source(misuse.body))
    let result = try #require(try workshop.validated([.memory]).of(misuse.check))
    #expect(result.verdict == .crash, "\(result.text)")
    #expect(result.text.contains("score"), "\(result.text)")
  }

  @Test func `20: a score that keeps to its memory passes`() throws {
    let workshop = try Workshop()
    try workshop.plugin(source(""))
    let results = try workshop.validated([.load, .memory, .leaks, .threads, .determinism])
    #expect(results.bad.isEmpty, "\(results.bad)")
  }

  @Test func `what lies beside a buffer must not change the answer`() throws {
    let workshop = try Workshop()
    // Within the same page nothing is faulted; the answer is what tells.
    try workshop.plugin(source("out[0] = ((const unsigned char *)out)[n * 8 < 4096 ? -8 : 0];"))
    let results = try workshop.validated([.memory])
    #expect(!results.bad.isEmpty)
  }

  @Test func `leaks of calls and of instances are distinguished`() throws {
    let workshop = try Workshop()
    try workshop.plugin(
      "#include <stdlib.h>\n" + source("static void *volatile kept; kept = malloc(400);")
    )
    let calls = try workshop.validated([.leaks])
    #expect(calls.of("leaks.calls")?.verdict == .fail)
    let other = try Workshop()
    let leaking =
      "\n#include <stdlib.h>\n#define CREATE make\nstatic esp_status make(const esp_strategy *s, "
      + "const esp_host *h, esp_call *c, const esp_value *p, uint32_t n, void **self) { *self = malloc(400); return 0; }\n"
    try other.plugin(source("") + leaking)
    let instances = try other.validated([.leaks])
    #expect(instances.of("leaks.instances")?.verdict == .fail)
    #expect(instances.of("leaks.calls")?.verdict == .pass)
  }
}
