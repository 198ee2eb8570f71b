import PluginHost
import Testing
import Validation

@Suite(.requiresCompiler, .requiresProgram)
struct CheckTests {
  private func scorer(_ body: String, flags: String = "ESP_S_DETERMINISTIC") -> String {
    """
    #include <math.h>
    #include <unistd.h>
    #include "espalier_plugin.h"
    static esp_status score(void *self, esp_call *call, const esp_pruning_host *p, uint32_t group, double *out, uint64_t n) {
      for (uint64_t k = 0; k < n; ++k) out[k] = k;
      \(body)
      return 0;
    }
    #define SCORE score
    #define PLAN 0
    #define FLAGS \(flags)
    """
  }

  @Test func `23: calls of an instance that is not reentrant never overlap`() throws {
    let workshop = try Workshop()
    let body =
      "static int inside; if (__atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST) != 1) out[0] = NAN; "
      + "usleep(200); __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);"
    try workshop.plugin(scorer(body))
    #expect(try workshop.validated([.threads]).bad.isEmpty)
    let other = try Workshop()
    try other.plugin(scorer(body, flags: "ESP_S_DETERMINISTIC | ESP_S_REENTRANT"))
    #expect(try other.validated([.threads]).of("threads.eight")?.verdict == .fail)
  }

  @Test func `24: a strategy that claims to be deterministic and is not fails`() throws {
    let workshop = try Workshop()
    try workshop.plugin(scorer("static int calls; out[0] = ++calls;"))
    let results = try workshop.validated([.determinism])
    #expect(results.of("determinism.repeat")?.verdict == .fail)
    let honest = try Workshop()
    try honest.plugin(scorer("static int calls; out[0] = ++calls;", flags: "0"))
    let others = try honest.validated([.determinism])
    #expect(others.bad.isEmpty)
    #expect(others.of("determinism.repeat")?.verdict == .warn)
  }

  @Test func `24: a plain C function whose answer is not one of its arguments fails`() throws {
    let workshop = try Workshop()
    try workshop.compile(
      "double l2(const float *w, long n) { static double calls; return n + calls++; }"
    )
    try workshop.write(
      FunctionManifest.manifest(
        FunctionManifest.scorer,
        sha256: try workshop.hash(of: "plugin.so")
      ),
      to: "f.manifest.json"
    )
    let results = try workshop.validated([.determinism], file: "f.manifest.json")
    #expect(results.of("determinism.repeat")?.verdict == .fail)
  }

  @Test func `24: an answer that depends on the process fails`() throws {
    let workshop = try Workshop()
    try workshop.plugin(scorer("out[0] = getpid();"))
    let results = try workshop.validated([.determinism])
    #expect(results.of("determinism.repeat")?.verdict == .pass)
    #expect(results.of("determinism.process")?.verdict == .fail)
  }

  @Test func `scores that are no numbers fail with the kind of values`() throws {
    let workshop = try Workshop()
    let body =
      "esp_tensor_view v = {sizeof v}; p->weight(call, group, 0, &v); "
      + "out[0] = 1 / fabs(((float *)v.data)[0]);"
    try workshop.plugin(scorer(body))
    let result = try #require(try workshop.validated([.numerics]).of("numerics.usual"))
    #expect(result.verdict == .fail)
    #expect(result.text.contains("zeros"), "\(result.text)")
    #expect(result.text.contains("channel 0"), "\(result.text)")
  }

  @Test func `a parameter whose bounds the plugin refuses fails`() throws {
    let workshop = try Workshop()
    let change = """
      #include "espalier_plugin.h"
      #define N_PARAMS 1
      #define PARAM_TABLE static const esp_param_spec power = {sizeof power, ESP_T_F64, 0, 0, {"power", 5}, {"Power.", 6}, {0, 0}, {ESP_T_F64, 0, {.f = 1}}, {ESP_T_F64, 0, {.f = 0.5}}, {ESP_T_F64, 0, {.f = 2}}, 0}; static const esp_param_spec *const params[] = {&power};
      #define CREATE make
      static esp_status make(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *p, uint32_t n, void **self) {
        static const char text[] = "too much";
        if (p[0].u.f > 1.5) return h->fail(h, c, 3, (esp_str){text, 8});
        *self = (void *)text;
        return 0;
      }
      """
    try workshop.plugin(change)
    let result = try #require(try workshop.validated([.parameters]).of("parameters.bounds"))
    #expect(result.verdict == .fail)
    #expect(result.text.contains("power = 2.0"), "\(result.text)")
  }

  @Test func `one case is run again by its seed`() throws {
    let workshop = try Workshop()
    try workshop.plugin(scorer("if (n % 2) out[0] = NAN;"))
    let found = try #require(try workshop.validated([.numerics]).of("numerics.usual"))
    #expect(found.verdict == .fail)
    let again = try workshop.validated([.numerics]) { _, request in
      request.reproduced = found.seed
      request.only = ["numerics.usual"]
    }
    #expect(again.map(\.check) == ["numerics.usual"])
    #expect(again.first?.text == found.text)
    #expect(again.first?.seed == found.seed)
  }

  @Test func `what crashes while it is loaded is checked no further`() throws {
    let workshop = try Workshop()
    let constructor =
      "#include <stdlib.h>\n__attribute__((constructor)) static void early(void) { abort(); }"
    try workshop.plugin(constructor)
    let results = try workshop.validated(CheckGroup.allCases)
    #expect(Set(results.map(\.group)) == ["load"])
    #expect(results.of("load.table")?.verdict == .crash)
  }

  @Test func `what a constructor prints and changes is reported`() throws {
    let workshop = try Workshop()
    let constructor = """
      #include <stdio.h>
      #include <sys/stat.h>
      #include <unistd.h>
      __attribute__((constructor)) static void early(void) { write(1, "hello", 5); write(2, "there", 5); umask(0); }
      """
    try workshop.plugin(constructor)
    let results = try workshop.validated([.load])
    #expect(results.of("load.silence")?.verdict == .warn)
    #expect(results.of("load.silence")?.text.contains("hello") == true)
    #expect(results.of("load.table")?.text.contains("umask") == true, "\(results)")
  }
}
