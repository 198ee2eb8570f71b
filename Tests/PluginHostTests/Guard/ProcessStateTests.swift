import Glibc
import PluginHost
import PluginKit
import Synchronization
import Testing

/// What is everyone's in the process: a plugin may change it during a call, not beyond.
///
/// Each in a process of its own, since it is everyone's.
@Suite(.requiresCompiler)
struct ProcessStateTests {
  private static func run(_ body: String) throws -> [String] {
    let workshop = try Workshop()
    let model = SmallModel([("first", 8), ("second", 6)])
    try workshop.plugin(
      """
      #define _GNU_SOURCE
      #include "espalier_plugin.h"
      #include <fcntl.h>
      #include <fenv.h>
      #include <locale.h>
      #include <signal.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <sys/resource.h>
      #include <sys/stat.h>
      #include <unistd.h>
      static void ignore(int signal) {}
      static void change(void) { \(body); }
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
        change();
        return p->set_ratio(c, 0, 0.5);
      }
      #define PLAN plan_
      """,
      flags: ["-lm"]
    )
    let pruner = try workshop.registry().pruner(named: "org.example.strategy")
    for _ in 0..<3 {
      #expect(try pruner.plan(for: model).cuts == ["first": .ratio(0.5)])
    }
    return workshop.log.all
  }

  /// What of the process is looked at before and after.
  private struct State: Equatable {
    var folder: String
    var umask: mode_t
    var locale: String
    var third = 1.0 / 3.0
    var tiny: Double
    var handlers: [UInt]
    var mask: [Int32]
    var files: [UInt]

    init() {
      folder =
        unsafe getcwd(nil, 0).map { path in
          defer { unsafe free(path) }
          return unsafe String(cString: path)
        } ?? ""
      umask = Glibc.umask(0o22)
      _ = Glibc.umask(umask)
      locale = unsafe String(cString: setlocale(LC_ALL, nil))
      let one = Double(CommandLine.argc > 0 ? 1 : 2)
      third = one / 3
      tiny = one * 1e-300 * 1e-15
      handlers = [SIGINT, SIGTERM, SIGSEGV, SIGABRT, SIGFPE, SIGPIPE].map { number in
        var known = sigaction()
        _ = unsafe sigaction(number, nil, &known)
        return unsafe unsafeBitCast(known.__sigaction_handler.sa_handler, to: UInt.self)
      }
      var blocked = sigset_t()
      unsafe pthread_sigmask(SIG_SETMASK, nil, &blocked)
      mask = (1..<32).filter { unsafe sigismember(&blocked, $0) == 1 }
      var limit = rlimit()
      unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      files = [UInt(limit.rlim_cur), UInt(limit.rlim_max)]
    }
  }

  @Test(arguments: [
    ("fesetround(FE_UPWARD)", "the floating-point control"),
    ("fesetround(FE_TOWARDZERO)", "the floating-point control"),
    (
      "unsigned m; __asm__ volatile(\"stmxcsr %0\" : \"=m\"(m)); m |= 0x8040; __asm__ volatile(\"ldmxcsr %0\" :: \"m\"(m))",
      "the floating-point control"
    ),
    (
      "unsigned short c = 0x0f7f; __asm__ volatile(\"fldcw %0\" :: \"m\"(c))",
      "the floating-point control"
    ),
    ("feenableexcept(FE_DIVBYZERO | FE_INEXACT)", "the floating-point control"),
    ("chdir(\"/\")", "the working folder"),
    ("int f = open(\"/usr\", O_RDONLY); fchdir(f); close(f)", "the working folder"),
    ("umask(0)", "the umask"),
    ("umask(077); umask(027)", "the umask"),
    ("setlocale(LC_ALL, \"C.UTF-8\")", "the locale"),
    ("setlocale(LC_NUMERIC, \"C.UTF-8\")", "the locale"),
    ("uselocale(newlocale(LC_ALL_MASK, \"C.UTF-8\", 0))", "the locale"),
    ("signal(SIGINT, SIG_IGN)", "signal handlers"),
    ("signal(SIGSEGV, SIG_DFL)", "signal handlers"),
    (
      "struct sigaction a = {0}; a.sa_handler = ignore; sigaction(SIGTERM, &a, 0)",
      "signal handlers"
    ),
    ("sigset_t s; sigfillset(&s); sigprocmask(SIG_BLOCK, &s, 0)", "the blocked signals"),
    (
      "sigset_t s; sigemptyset(&s); sigaddset(&s, SIGFPE); pthread_sigmask(SIG_BLOCK, &s, 0)",
      "the blocked signals"
    ),
    ("struct rlimit r = {20, 20}; setrlimit(RLIMIT_NOFILE, &r)", "limits of resources"),
    ("alarm(1)", "timers"),
    ("for (int f = 3; f < 64; ++f) close(f)", "open files"),
    ("for (int f = 3; f < 64; ++f) dup2(0, f)", "open files"),
    ("close_range(3, ~0u, 0)", "open files"),
  ])
  func `19: what a call changes is put back, and the plugin named, once`(
    body: String,
    what: String
  ) async throws {
    try await #require(processExitsWith: .success) { [body, what] in
      // The guard's own handlers are in place from the first plugin on.
      _ = try Self.run("")
      let before = State()
      let log = try Self.run(body)
      // What is expected or required is told by a descriptor, which is among those at stake.
      precondition(State() == before)
      let warnings = log.filter { $0.contains("ESP-P808") }
      precondition(warnings.count == 1, "\(log)")
      precondition(
        warnings.first?.contains("its \"plan\" changed \(what) of the process") == true,
        "\(log)"
      )
      precondition(warnings.first?.hasPrefix("warning org.example.plugin") == true, "\(log)")
    }
  }

  @Test(arguments: [
    "int old = fegetround(); fesetround(FE_UPWARD); fesetround(old)",
    "mode_t old = umask(0); umask(old)",
    "char *w = getcwd(0, 0); chdir(\"/\"); chdir(w)",
    "sigset_t s, old; sigfillset(&s); pthread_sigmask(SIG_BLOCK, &s, &old); pthread_sigmask(SIG_SETMASK, &old, 0)",
    "void (*old)(int) = signal(SIGINT, SIG_IGN); signal(SIGINT, old)",
    "locale_t old = uselocale(newlocale(LC_ALL_MASK, \"C\", 0)); uselocale(old)",
  ])
  func `what a call puts back itself gets no warning`(body: String) async throws {
    try await #require(processExitsWith: .success) { [body] in
      // The guard's own handlers are in place from the first plugin on.
      _ = try Self.run("")
      let before = State()
      let log = try Self.run(body)
      #expect(log.isEmpty, "\(log)")
      #expect(State() == before)
    }
  }

  @Test func `a plugin closes its own files and no other's`() async throws {
    try await #require(processExitsWith: .success) {
      var ends: [Int32] = [-1, -1]
      precondition(unsafe pipe(&ends) == 0)
      let file = unsafe open("/dev/null", O_RDONLY)
      let log = try Self.run(
        """
        int own[2] = {open("/dev/zero", O_RDONLY), -1};
        own[1] = dup(own[0]);
        for (int f = 3; f < 64; ++f) close(f);
        if (fcntl(own[0], F_GETFD) >= 0 || fcntl(own[1], F_GETFD) >= 0) abort();
        """
      )
      precondition(log.count == 1, "\(log)")
      for descriptor in ends + [file] { precondition(fcntl(descriptor, F_GETFD) >= 0) }
      // One that the host has closed is nobody's: whoever opens the number next may close it.
      close(file)
      _ = try Self.run(
        "int own = open(\"/dev/zero\", O_RDONLY); close(own); if (fcntl(own, F_GETFD) >= 0) abort();"
      )
    }
  }

  @Test func `the host computes with its own rounding while a plugin has another`() throws {
    let workshop = try Workshop()
    try workshop.plugin(
      """
      #include "espalier_plugin.h"
      #include <fenv.h>
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
        fesetround(FE_UPWARD);
        esp_cut cut = {0, ESP_CUT_RATIO, 0.5};
        esp_plan plan = {&cut, 1};
        double metric;
        esp_status status = p->evaluate(c, &plan, 1, &metric);
        // The plugin's own is as it left it.
        if (status || fegetround() != FE_UPWARD) return 5;
        return metric == 0x1.5555555555555p-2 ? 0 : 6;
      }
      #define PLAN plan_
      """,
      flags: ["-lm", "-frounding-math"]
    )
    let pruner = try workshop.registry().pruner(named: "org.example.strategy")
    let judged = JudgedModel()
    #expect(throws: Never.self) { try pruner.plan(for: judged) }
    #expect(judged.rounded.withLock { $0 } == [1.0 / 3.0, 1e-300 * 1e-10])
  }

  /// A model whose evaluation computes.
  private final class JudgedModel: PruningContext {
    let rounded = Mutex<[Double]>([])
    private let plain = SmallModel([("first", 8)])
    var groups: [PruningGroup] { plain.groups }
    func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
      try plain.weight(member, of: group)
    }
    func importance(of group: PruningGroup) throws(PluginError) -> [Double] {
      try plain.importance(of: group)
    }
    func model() throws(PluginError) -> [UInt8] { [] }
    func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost] { [] }
    func evaluate(_ plans: [PruningPlan]) throws(PluginError) -> [Double] {
      let one = Double(plans.count)
      rounded.withLock { $0 = [one / 3, one * 1e-300 * 1e-10] }
      return plans.map { _ in one / 3 }
    }
  }
}
