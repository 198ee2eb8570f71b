import Foundation
import PluginHost
import Processes
import Testing
import Validation

/// A plan with a fault in it, and what a validation makes of it.
struct LostPlan: Sendable, CustomTestStringConvertible {
  let name: String
  /// The body of `plan`.
  let body: String
  let verdict: ValidationVerdict
  /// What the text names.
  var tells = ""
  var testDescription: String { name }

  static let crashes: [LostPlan] = [
    .init(name: "a trap", body: "__builtin_trap();", verdict: .crash, tells: "SIGILL"),
    .init(name: "a wild write", body: "*(volatile int *)8 = 1;", verdict: .crash, tells: "SIGSEGV"),
    .init(name: "abort", body: "abort();", verdict: .crash, tells: "SIGABRT"),
    .init(name: "a stack overflow", body: "return deep(1);", verdict: .crash, tells: "SIGSEGV"),
  ]

  static let exits: [LostPlan] = [
    // The guard turns these into an error of the call.
    .init(name: "exit", body: "exit(0);", verdict: .fail, tells: "it called exit"),
    .init(name: "_exit", body: "_exit(0);", verdict: .fail, tells: "it called _exit"),
    // Not seen by the guard: an instruction of its own.
    .init(
      name: "exit by the kernel",
      body:
        "__asm__ volatile(\"syscall\" :: \"a\"(231L), \"D\"(0L) : \"rcx\", \"r11\", \"memory\");",
      verdict: .crash,
      tells: "exit code 0"
    ),
    .init(
      name: "every descriptor closed by the kernel",
      body:
        "for (long k = 3, r; k < 1024; ++k) __asm__ volatile(\"syscall\" : \"=a\"(r) : \"a\"(3L), \"D\"(k) : \"rcx\", \"r11\", \"memory\"); for (;;) pause();",
      verdict: .lost,
      tells: "closed its connection"
    ),
    .init(
      name: "rubbish in every descriptor",
      body:
        "char x[64]; memset(x, 7, 64); for (int k = 3; k < 1024; ++k) write(k, x, 64); for (;;) pause();",
      verdict: .lost,
      tells: "no message"
    ),
  ]

  /// The fixture with this plan.
  var source: String {
    """
    #define _GNU_SOURCE
    #include <signal.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/mman.h>
    #include <sys/wait.h>
    #include <unistd.h>
    #include "espalier_plugin.h"
    __attribute__((noinline)) int deep(int n) { volatile char room[4096]; room[0] = n; return deep(n + 1) + room[0]; }
    static esp_status faulty(void *self, esp_call *call, const esp_pruning_host *p) { \(body) return 0; }
    #define PLAN faulty
    """
  }
}

@Suite(.requiresCompiler, .requiresProgram)
struct LostProcessTests {
  @Test(arguments: LostPlan.crashes + LostPlan.exits)
  func `16: a plugin that ends its process is named, and the rest is checked`(
    _ plan: LostPlan
  ) throws {
    let workshop = try Workshop()
    try workshop.plugin(plan.source)
    let results = try workshop.validated([.numerics], seconds: 5)
    let first = try #require(results.of("numerics.usual"))
    #expect(first.verdict == plan.verdict, "\(first.text)")
    #expect(plan.tells.isEmpty || first.text.contains(plan.tells), "\(first.text)")
    #expect(first.seed != nil)
    #expect(results.of("numerics.huge") != nil, "the check after it was not made")
  }

  @Test(arguments: LostPlan.crashes)
  func `16: the breadcrumb names plugin and function`(_ plan: LostPlan) throws {
    let workshop = try Workshop()
    try workshop.plugin(plan.source)
    let result = try #require(try workshop.validated([.numerics]).of("numerics.usual"))
    #expect(result.text.contains("org.example.plugin"), "\(result.text)")
    #expect(result.text.contains("plan"), "\(result.text)")
  }

  @Test func `16: a plugin that prints without end neither blocks nor fills the host`() throws {
    let workshop = try Workshop()
    let body =
      "static char text[1 << 20]; memset(text, 'x', sizeof text); "
      + "for (int k = 0; k < 64; ++k) fwrite(text, 1, sizeof text, stdout); fflush(stdout); "
      + "return p->set_ratio(call, 0, 0.5);"
    try workshop.plugin(LostPlan(name: "", body: body, verdict: .pass).source)
    let results = try workshop.validated([.numerics])
    #expect(results.bad.isEmpty, "\(results.bad)")
  }

  @Test(arguments: [
    "for (;;) {}", "signal(SIGTERM, SIG_IGN); signal(SIGABRT, SIG_IGN); for (;;) pause();",
  ])
  func `17: a plugin that hangs is ended at its deadline`(_ body: String) throws {
    let workshop = try Workshop()
    try workshop.plugin(LostPlan(name: "", body: body, verdict: .timeout).source)
    let results = try workshop.validated([.cancel], seconds: 2)
    #expect(results.of("cancel.stop")?.verdict == .timeout)
  }

  @Test(arguments: [true, false])
  func `17: what a plugin starts does not outlive the check`(_ seals: Bool) throws {
    let workshop = try Workshop()
    // In a session of its own, without the plugin's descriptors, deaf to SIGTERM.
    let body = """
      if (fork() == 0) { setsid(); if (fork() == 0) { signal(SIGTERM, SIG_IGN); for (;;) pause(); } _exit(0); }
      abort();
      """
    try workshop.plugin(LostPlan(name: "", body: body, verdict: .crash).source)
    let results = try workshop.validated([.cancel], seconds: 5) { confinement, _ in
      confinement.seals = seals
    }
    #expect(results.of("cancel.stop")?.verdict == .crash)
    #expect(try Self.processes(mapping: workshop.path).isEmpty)
  }

  /// The processes that have a file below a folder in their memory.
  private static func processes(mapping folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
      guard Int(name) != nil, Int(name) != Int(getpid()) else { return false }
      let maps = try? String(contentsOfFile: "/proc/\(name)/maps", encoding: .utf8)
      return maps?.contains(folder) == true
    }
  }

  @Test func `18: a plugin that fills the memory meets its limit`() throws {
    let workshop = try Workshop()
    let body = "for (;;) { char *m = malloc(1 << 24); if (m) memset(m, 1, 1 << 24); }"
    try workshop.plugin(LostPlan(name: "", body: body, verdict: .limit).source)
    let results = try workshop.validated([.cancel]) { confinement, _ in
      confinement.memory = 512 << 20
    }
    #expect(results.of("cancel.stop")?.verdict == .limit)
    #expect(results.of("cancel.stop")?.text.contains("512 MiB") == true)
  }

  @Test func `a plugin in a sealed process starts nothing, opens nothing and writes nothing`()
    throws
  {
    let workshop = try Workshop()
    let target = workshop.path + "/written"
    let body = """
      if (fork() >= 0) return h_->fail(h_, call, 13, (esp_str){"forked", 6});
      if (socket(2, 1, 0) >= 0) return h_->fail(h_, call, 13, (esp_str){"connected", 9});
      if (kill(getppid(), 0) == 0) return h_->fail(h_, call, 13, (esp_str){"signalled", 9});
      FILE *f = fopen("\(target)", "w"); if (f) return h_->fail(h_, call, 13, (esp_str){"wrote", 5});
      return p->set_ratio(call, 0, 0.5);
      """
    let source =
      "#include <sys/socket.h>\n#include \"espalier_plugin.h\"\nstatic const esp_host *h_;\n"
      + LostPlan(name: "", body: body, verdict: .pass).source
      + "\n#define CREATE make\nstatic esp_status make(const esp_strategy *s, const esp_host *h, esp_call *c, "
      + "const esp_value *p, uint32_t n, void **self) { h_ = h; *self = (void *)h; return 0; }\n"
    try workshop.plugin(source)
    let results = try workshop.validated([.numerics])
    #expect(results.bad.isEmpty, "\(results.bad)")
    #expect(!workshop.exists(target))
  }
}
