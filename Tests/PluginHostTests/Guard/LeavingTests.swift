import PluginHost
import PluginKit
import Testing

/// Calls that do not return: the case 16 of the conformance list, where the process continues.
@Suite(.requiresCompiler)
struct LeavingTests {
  private let workshop: Workshop
  private let model = SmallModel([("first", 8), ("second", 6)])

  init() throws { workshop = try Workshop() }

  private static let includes = """
    #define _GNU_SOURCE
    #include "espalier_plugin.h"
    #include <pthread.h>
    #include <setjmp.h>
    #include <signal.h>
    #include <stdlib.h>
    #include <sys/syscall.h>
    #include <unistd.h>
    static jmp_buf place; static sigjmp_buf safe;
    static int deep(int n, int how) { volatile char room[256]; room[0] = n; if (n) return deep(n - 1, how) + room[0]; HOW; return 0; }
    """

  private func build(_ how: String, in function: String) throws {
    func body(_ name: String, else rest: String) -> String {
      name == function ? "deep(3, 0);" : rest
    }
    try workshop.plugin(
      """
      #define HOW \(how)
      \(Self.includes)
      static esp_status create_(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *v, uint32_t n, void **self) {
        static char self_; *self = &self_;
        \(function == "stale" ? "if (setjmp(place)) return 0;" : "")
        \(body("create", else: "")) return 0;
      }
      #define CREATE create_
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
        \(body("plan", else: "")) \(function == "stale" ? "longjmp(place, 1);" : "")
        return p->set_ratio(c, 0, 0.5);
      }
      #define PLAN plan_
      static esp_status score_(void *s, esp_call *c, const esp_pruning_host *p, uint32_t g, double *out, uint64_t n) {
        for (uint64_t k = 0; k < n; ++k) out[k] = k;
        \(body("score", else: "")) return 0;
      }
      #define SCORE score_
      """
    )
  }

  private func error(in function: String) throws -> PluginError? {
    let registry = workshop.registry()
    do {
      let pruner = try registry.pruner(named: "org.example.strategy")
      if function == "score" {
        _ = try pruner.scorer?.score(model.groups[1], of: model)
      } else {
        _ = try pruner.plan(for: model)
      }
      return nil
    } catch let error as PluginHostError { return error.fault } catch {
      return error as? PluginError
    }
  }

  @Test(
    arguments: [
      ("exit(0)", "exit"), ("exit(3)", "exit"), ("_exit(0)", "_exit"), ("_Exit(0)", "_Exit"),
      ("quick_exit(0)", "quick_exit"), ("syscall(SYS_exit_group, 0)", "syscall"),
      ("execl(\"/bin/true\", \"true\", (char *)0)", "execl"),
      ("char *a[] = {\"true\", 0}; execv(\"/bin/true\", a)", "execv"),
      ("kill(getpid(), SIGKILL)", "kill"),
    ],
    ["create", "plan", "score"]
  )
  func `16: a call that ends the process is an error with its name`(
    how: (code: String, name: String),
    function: String
  ) throws {
    try build(how.code, in: function)
    let error = try #require(try error(in: function))
    #expect((error.cause as? PluginFault)?.code == .left)
    #expect(error.message == "it called \(how.name), which ends the process")
    #expect(
      error.origin
        == .init(
          plugin: "org.example.plugin",
          function: function,
          layer: function == "score" ? "second" : nil
        )
    )
    #expect("\(error)".contains("ESP-P801"))
  }

  @Test(arguments: ["create", "plan", "score"])
  func `16: a call that ends its thread is an error`(function: String) throws {
    try build("pthread_exit(0)", in: function)
    let error = try #require(try error(in: function))
    #expect((error.cause as? PluginFault)?.code == .endedThread)
    #expect(error.origin?.function == function)
  }

  @Test func `16: a jump to a call that has ended is an error`() throws {
    try build("", in: "stale")
    let error = try #require(try error(in: "plan"))
    #expect((error.cause as? PluginFault)?.code == .jumped)
    #expect(error.message == "it jumped out of its call by longjmp")
  }

  @Test(arguments: [
    "if (!setjmp(place)) longjmp(place, 1)", "if (!sigsetjmp(safe, 1)) siglongjmp(safe, 1)",
  ])
  func `a jump within one call is nobody's business`(code: String) throws {
    try build(code, in: "plan")
    let pruner = try workshop.registry().pruner(named: "org.example.strategy")
    #expect(try pruner.plan(for: model).cuts == ["first": .ratio(0.5)])
  }

  @Test func `a plugin that left a call is not called again, and others are`() throws {
    try build("exit(0)", in: "score")
    let registry = workshop.registry()
    let pruner = try registry.pruner(named: "org.example.strategy")
    let scorer = try #require(pruner.scorer)
    #expect(throws: PluginError.self) { try scorer.score(model.groups[0], of: model) }
    let second = try #require(throws: PluginError.self) { try pruner.plan(for: model) }
    #expect((second.cause as? PluginFault)?.code == .left)
    #expect(second.message.contains("it left an earlier call"))
    #expect(workshop.log.all.isEmpty, "\(workshop.log.all)")

    let other = try Workshop()
    try other.plugin()
    let healthy = try other.registry().pruner(named: "org.example.strategy")
    #expect(try healthy.plan(for: model).cuts == ["first": .ratio(0.5)])
  }

  @Test func `an exception that nobody may catch is told from one that the guard does`() throws {
    try workshop.plugin(
      """
      #include "espalier_plugin.h"
      #include <stdexcept>
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
        try { throw std::runtime_error("inside"); } catch (...) { throw; }
      }
      #define PLAN plan_
      """,
      cxx: true
    )
    let error = try #require(try error(in: "plan"))
    #expect(error.message == "it threw: inside")
    #expect(error.cause == nil)
  }
}
